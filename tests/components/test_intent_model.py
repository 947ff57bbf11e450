"""The classifier learns, keeps what it learned, and knows what it does not know."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from extensions.components.decision import rank
from extensions.components.intent_model import IntentModel, Reading, Thresholds, fit
from extensions.components.sentence_encoder import shared_encoder

PHRASES = {
    "deploy": "deploy checkout|ship it to staging|release 1.4.2|put the new build live|roll out checkout|push to prod",
    "ask_on_call": "who is on call|who has the pager|on duty tonight?|whom do i call at night|on-call engineer|pager",
    "greet": "hi there|hello bot|good morning|hey|hi all|good evening",
    "out_of_scope": "tell me a story|best pizza in town|what's the capital of peru|sing a song|rain today|buy milk",
}
TEXTS = [text for phrases in PHRASES.values() for text in phrases.split("|")]
LABELS = [intent for intent, phrases in PHRASES.items() for _ in phrases.split("|")]


@pytest.fixture(scope="module")
def model() -> IntentModel:
    return fit(TEXTS, LABELS, shared_encoder().encode(TEXTS), "out_of_scope", {"deploy"})


def read(model: IntentModel, text: str) -> Reading:
    return model.read(text, shared_encoder().encode([text])[0])


def test_other_words_for_the_same_are_understood(model: IntentModel) -> None:
    assert read(model, "could you deploy version 2 to production").ranking[0][0] == "deploy"
    assert read(model, "which engineer is on call this week").ranking[0][0] == "ask_on_call"


def test_what_is_out_of_scope_scores_lower(model: IntentModel) -> None:
    assert read(model, "recommend me a pizza").score < read(model, "who is on call for search").score


def test_confidences_add_up(model: IntentModel) -> None:
    ranking = read(model, "hello").ranking
    assert sum(chance for _, chance in ranking) == pytest.approx(1)
    assert "out_of_scope" not in dict(ranking)


def test_a_stored_model_reads_the_same(model: IntentModel, tmp_path: Path) -> None:
    model.save(tmp_path)
    loaded = IntentModel.load(tmp_path)
    for text in ("hi", "deploy it", "zzz ???"):
        assert read(loaded, text).score == pytest.approx(read(model, text).score, abs=1e-5)
    assert {path.suffix for path in tmp_path.iterdir()} == {".npz", ".json"}
    with np.load(tmp_path / "arrays.npz", allow_pickle=False) as arrays:
        assert all(arrays[name].dtype == np.float32 for name in arrays.files)


LIMITS = Thresholds(temperature=1, score=0, slope=1, certain=0.9)


def names(text: str, in_scope: float, *ranking: tuple[str, float]) -> list[str]:
    entries = rank(text, Reading(in_scope, 0, ranking), LIMITS, "out_of_scope", {"deploy", "rollback"})
    return [entry["name"] for entry in entries]


def test_a_sure_reading_comes_first() -> None:
    assert names("", 0.9, ("greet", 0.8), ("deploy", 0.2)) == ["greet", "deploy", "out_of_scope"]


def test_below_the_threshold_is_out_of_scope_and_the_ranking_is_kept() -> None:
    assert names("", 0.4, ("greet", 0.8), ("deploy", 0.2)) == ["out_of_scope", "greet", "deploy"]


def test_between_two_is_a_fallback_with_both_next() -> None:
    assert names("", 0.9, ("greet", 0.45), ("thank", 0.4))[:3] == ["nlu_fallback", "greet", "thank"]


def test_a_change_needs_more_certainty() -> None:
    assert names("", 0.9, ("deploy", 0.85), ("greet", 0.15))[0] == "nlu_fallback"
    assert names("", 0.9, ("deploy", 0.95), ("greet", 0.05))[0] == "deploy"


def test_a_negated_request_is_never_a_change() -> None:
    assert names("don't deploy it", 0.99, ("deploy", 0.98), ("rollback", 0.01), ("ask_risk", 0.01))[0] == "ask_risk"
