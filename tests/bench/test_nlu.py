"""What is measured of the understanding is the same every time, says what it lacks, and is what the page shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from assistant.catalogue import CatalogueSource
from assistant.language.everyday import is_english
from assistant.settings import PROJECT
from bench.nlu import names as made_up
from bench.nlu import plots, public, speed, stock
from bench.nlu.command import PARTS, main
from bench.nlu.given import HELD_OUT, Given
from bench.nlu.results import RESULTS, TITLES, Measured, Results, as_markdown, as_text
from learning.corpora import Example, load
from learning.evaluate import Result, results
from learning.model import DATA

RUN = Results(
    {
        "names": [
            Measured("names recognised", "%", 99.5, reach="≥ 97", cases=["carts: deploy cars"]),
            Measured("AUROC", "%", 89.66, 74.94, "86.9"),
        ]
    },
    {"names": {"cores": "2", "date": "2026-11-30", "commit": "abc"}},
)
CONTENT = yaml.safe_load(made_up.NAMES.read_text(encoding="utf-8"))


def test_a_table_for_people_also_shows_what_went_wrong() -> None:
    assert as_text(RUN).splitlines() == [
        "Names that only the catalogue knows (2 cores, 2026-11-30, commit abc)",
        "                      assistant  stock Rasa  published  reach",
        "names recognised (%)       99.5           –          –   ≥ 97",
        "AUROC (%)                  89.7        74.9       86.9      –",
        "  wrong: carts: deploy cars",
    ]


def test_a_table_for_documents() -> None:
    assert "| AUROC (%) | 89.7 | 74.9 | 86.9 | – |" in as_markdown(RUN)
    assert "carts" not in as_markdown(RUN)


def test_every_part_has_a_title() -> None:
    assert list(TITLES) == list(PARTS)


def test_results_are_kept(tmp_path: Path) -> None:
    RUN.save(tmp_path / "results.json")
    assert Results.load(tmp_path / "results.json") == RUN
    assert Results.load(tmp_path / "none.json") == Results()


def test_a_part_that_is_measured_again_leaves_the_others(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    RUN.save(path)
    Results.renew(path, "shell", [Measured("rejected", "%", 98.0)])
    Results.renew(path, "names", [Measured("names recognised", "%", 100.0)])
    figures = {part: [one.assistant for one in measured] for part, measured in Results.load(path).ordered()}
    assert figures == {"names": [100.0], "shell": [98.0]}


def test_the_document_shows_the_results() -> None:
    page = (PROJECT / "docs" / "understanding.md").read_text(encoding="utf-8")
    assert as_markdown(Results.load(RESULTS)) in page


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--only", "own"], "NLU_VALIDATION must name a file"),
        (["--only", "own", "--validation", "/nowhere.tsv"], "NLU_VALIDATION must name a file"),
        (["--only", "clinc"], "NLU_DATA must name a folder with clinc150_small.json.gz"),
        ([], "NLU_VALIDATION must name"),
        (["--validation", str(HELD_OUT)], "NLU_DATA must name"),
        (["--only", "speeed"], f"There is no part “speeed”; there are {', '.join(PARTS)}."),
    ],
)
def test_what_is_missing_is_told_before_anything_is_measured(words: list[str], told: str) -> None:
    before = RESULTS.read_bytes()
    ended = CliRunner(env={"NLU_DATA": None, "NLU_VALIDATION": None}).invoke(main, words)
    assert ended.exit_code == 1
    assert told in ended.output and ended.output.count("\n") == 1
    assert RESULTS.read_bytes() == before


def test_two_hundred_names_are_new_and_a_third_of_them_is_misspelt() -> None:
    said = list(made_up.messages(CONTENT))
    assert said == list(made_up.messages(CONTENT))
    services = {one.service for one in said}
    assert len(services) == len(said) == 200
    assert [sum(one.kind == kind for one in said) for kind in made_up.KINDS] == [50, 50, 100]
    assert all(is_english(one.service) for one in said if one.kind == "words")
    assert services.isdisjoint({*CatalogueSource(PROJECT / "catalog").current().services})
    misspelt = [one for one in said if one.typed not in (one.service, one.service.replace("-", " "))]
    assert 55 <= len(misspelt) <= 67
    phrases = {example.text.lower() for example in load(DATA)}
    assert phrases.isdisjoint(one.text.lower() for one in said)
    assert phrases.isdisjoint(text.lower() for text in CONTENT["words"].values())


def test_names_are_counted_and_their_failures_listed() -> None:
    measured = {one.what: one for one in made_up.measure(Given())}
    recognised = measured["names recognised"]
    assert recognised.assistant == pytest.approx(100 * (1 - len(recognised.cases) / 200))
    assert recognised.assistant >= 97


def test_a_large_catalogue_is_one_that_the_assistant_reads(tmp_path: Path) -> None:
    reading = CatalogueSource(speed.large_catalogue(tmp_path / "catalog", 100)).read()
    assert reading.problems == () and reading.catalogue
    assert len(reading.catalogue.services) == 108


def test_stock_rasa_rejects_what_its_fallback_does_not_trust(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: dict[str, list[tuple[str, float]]] = {
        "ship it": [("deploy", 0.9), ("greet", 0.1)],
        "hm": [("nlu_fallback", 0.8), ("greet", 0.2), ("deploy", 0.1)],
        "rain?": [("out_of_scope", 0.7), ("greet", 0.3)],
    }

    def load_model(_: Path) -> Callable[[str], Mapping[str, Any]]:
        def parse(text: str) -> Mapping[str, Any]:
            ranking = [{"name": name, "confidence": confidence} for name, confidence in parsed[text]]
            return {"intent": ranking[0], "intent_ranking": ranking, "entities": []}

        return parse

    monkeypatch.setattr(stock, "parser", load_model)
    found = results([Example(text, "deploy") for text in parsed], stock.parses(Path("model")))
    assert [(one.intent, one.best) for one in found] == [
        ("deploy", "deploy"),
        ("out_of_scope", "greet"),
        ("out_of_scope", "greet"),
    ]
    assert [one.score for one in found] == pytest.approx([0.9, 0.2, 0.3])


def test_pictures_are_drawn_and_small(tmp_path: Path) -> None:
    parsed = [
        Result(Example("", true), best, best, confidence, score, (), (), 1.0)
        for true, best, confidence, score in (
            ("deploy", "deploy", 0.95, 0.99),
            ("deploy", "rollback", 0.5, 0.9),
            ("greet", "greet", 0.9, 1.0),
            ("out_of_scope", "greet", 0.1, 0.0),
        )
    ]
    plots.draw(parsed, tmp_path)
    drawn = {path.name: path.stat().st_size for path in tmp_path.iterdir()}
    assert set(drawn) == {plots.RELIABILITY, plots.SCORES, plots.CONFUSION}
    assert all(5_000 < size < 100_000 for size in drawn.values())


def test_the_public_sets_are_named_in_the_document() -> None:
    page = (PROJECT / "docs" / "understanding.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in page for names in public.FILES.values() for name in names)
