"""What was measured survives as JSON, reads as a table, and is what the document shows."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from bench.__main__ import PARTS, main
from bench.figures import RESULTS, Figure, Question, Results, Round, as_markdown, as_text, machine

RUN = Results(
    {"cores": "2", "python": "3.10.13"},
    [Figure("parse, median", "ms", 5.04, 10.0), Figure("memory, worker", "MB", 1234.5)],
    [Round(500, "question", 4.86, 232, 500, 1782, 800)],
    [Question("alerts", "which alerts are firing?", 123.4, 2, 1.05)],
)


def test_a_table_for_people() -> None:
    assert as_text(RUN).splitlines() == [
        "cores 2, python 3.10.13",
        "",
        "                     assistant  stock Rasa  ratio",
        "parse, median (ms)         5.0        10.0   0.50",
        "memory, worker (MB)      1,234           –      –",
        "",
        "question                            message to answer, median (ms)  requests, first  requests, later",
        "alerts: “which alerts are firing?”                             123                2              1.1",
        "",
        "services  who asked  seconds     current  requests  of these charged",
        "500        question      4.9  232 of 500     1,782               800",
    ]


def test_a_table_for_documents() -> None:
    text = as_markdown(RUN)
    assert "|  | assistant | stock Rasa | ratio |\n| --- | ---: | ---: | ---: |\n| parse, median (ms) | 5.0 |" in text
    assert "| 500 | question | 4.9 | 232 of 500 | 1,782 | 800 |" in text


def test_results_are_kept_with_their_ratios(tmp_path: Path) -> None:
    RUN.save(tmp_path / "results.json")
    assert Results.load(tmp_path / "results.json") == RUN
    assert '"ratio": 0.504' in (tmp_path / "results.json").read_text(encoding="utf-8")


def test_the_machine_is_named() -> None:
    assert set(machine()) == {"cores", "memory", "system", "python", "date", "commit"}
    assert all(machine().values())


def test_an_unknown_part_is_one_sentence() -> None:
    ended = CliRunner().invoke(main, ["--only", "parse,speed"])
    assert ended.exit_code == 1
    assert ended.output.strip() == f"There is no part “speed”; there are {', '.join(PARTS)}."


def test_the_document_shows_the_results() -> None:
    page = (RESULTS.parents[1] / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    assert as_markdown(Results.load(RESULTS)) in page
