"""The figures are right on a set small enough to count by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from assistant.contracts.errors import NotFound
from learning.cli import nlu
from learning.evaluate import evaluate
from learning.figures import COST_OF_A_CHANGE, Confusion, confusions
from learning.table import table

ROWS = [
    ("ask_status", "is the search up", [{"entity": "service", "value": "the search"}]),
    ("deploy", "ship it to qa", [{"entity": "environment", "value": "qa"}]),
    ("greet", "hi", []),
    ("thank", "ta", []),
    ("out_of_scope", "sing", []),
    ("out_of_scope", "fly", []),
]
PARSED: dict[str, Any] = {
    "is the search up": ("ask_status", 0.9, [("service", "search", ["search"])]),
    "ship it to qa": ("nlu_fallback", 0.8, [("environment", "qa", ["qa"]), ("service", "it", [])]),
    "hi": ("out_of_scope", 0.4, []),
    "ta": ("deploy", 0.7, []),
    "sing": ("out_of_scope", 0.1, []),
    "fly": ("deploy", 0.6, []),
}
SECOND = {"nlu_fallback": "deploy", "out_of_scope": "greet"}


def parse(text: str) -> dict[str, Any]:
    intent, in_scope, entities = PARSED[text]
    ranking = [{"name": intent, "confidence": in_scope}, {"name": SECOND.get(intent, "thank"), "confidence": 0.1}]
    if intent == "out_of_scope":
        ranking[0]["confidence"] = 1 - in_scope
    else:
        ranking.append({"name": "out_of_scope", "confidence": 1 - in_scope})
    found = [{"entity": kind, "value": value, "resolved": resolved} for kind, value, resolved in entities]
    return {"intent": ranking[0], "intent_ranking": ranking, "entities": found}


def resolve(text: str) -> str:
    if text.endswith("search"):
        return "search"
    raise NotFound("service", text)


@pytest.fixture
def measuring(tmp_path: Path) -> Path:
    path = tmp_path / "set.tsv"
    lines = ["intent\ttext\tentities", *(f"{intent}\t{text}\t{json.dumps(found)}" for intent, text, found in ROWS)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_figures(measuring: Path) -> None:
    report = evaluate(measuring, parse, {"deploy"}, resolve)
    assert (report.utterances, report.in_scope) == (6, 4)
    assert report.accuracy == 0.75  # "ta" is wrong; a rejected "hi" is right in the ranking
    assert report.answered == 0.25
    assert (report.asked_back, report.in_scope_rejected, report.wrong_changes) == (0.25, 0.25, 0.25)
    assert (report.out_of_scope_recall, report.out_of_scope_changes) == (0.5, 0.5)
    assert report.out_of_scope_auroc == 0.875  # of the 8 pairs only ("hi", "fly") stands the wrong way
    assert report.out_of_scope_let_in == 0.5  # "fly" scores higher than "hi", which is in scope
    assert report.confusions == [Confusion("thank", "deploy", 1, COST_OF_A_CHANGE)]
    assert report.entities["service"].precision == 0.5
    assert report.entities["service"].recall == 1.0
    assert report.resolution == 1.0
    low, high = report.accuracy_interval or (1, 0)
    assert low < 0.75 < high


def test_one_wrong_change_costs_more_than_several_misreadings() -> None:
    wrong = [*[("greet", "thank", False)] * 5, ("ask_risk", "deploy", True)]
    assert [(one.taken_for, one.count, one.cost) for one in confusions(wrong)] == [("deploy", 1, 10), ("thank", 5, 5)]


def test_the_table_and_the_json_say_the_same(measuring: Path) -> None:
    report = evaluate(measuring, parse, {"deploy"}, resolve)
    assert report.as_json()["entities"]["all"]["f1"] == pytest.approx(0.8)
    assert "intent accuracy in scope                75.0%" in table(report)


def test_benchmark_trains_and_measures(tmp_path: Path) -> None:
    train, test = tmp_path / "train.csv", tmp_path / "test.csv"
    lines = [
        f"{word} the {thing},{label}" for label, word in (("BUY", "buy"), ("RETURN", "send back")) for thing in THINGS
    ]
    train.write_text("sentence,label\n" + "\n".join(lines), encoding="utf-8")
    test.write_text("sentence,label\ni want to buy a lamp,BUY\ncan i return this,RETURN\n", encoding="utf-8")
    result = CliRunner().invoke(nlu, ["benchmark", "--train", str(train), "--test", str(test), "--json"])
    assert result.exit_code == 0, result.output
    assert json.loads(result.output)["accuracy"] == 1.0


THINGS = ["mattress", "pillow", "bed", "frame", "sheet", "cover"]
