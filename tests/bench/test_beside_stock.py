"""The measurements beside stock Rasa, with our own model in its place: training DIET takes minutes."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import yaml
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.data import TrainingType

from assistant.cli import MODEL
from bench import parsing, servers, training

# TensorFlow's and spaCy's libraries warn of each other's age.
pytestmark = pytest.mark.filterwarnings("ignore")


def test_the_stock_pipeline_is_one_that_rasa_can_build() -> None:
    config = yaml.safe_load(training.STOCK.read_text(encoding="utf-8"))
    graph = DefaultV1Recipe().graph_config_for_recipe(config, {}, TrainingType.BOTH)
    trained = {node.uses.__name__ for node in graph.train_schema.nodes.values()}
    assert {"DIETClassifier", "CountVectorsFeaturizer", "RulePolicy", "SpacyNLP"} <= trained


def test_phrases_are_many_varied_and_always_the_same() -> None:
    phrases = parsing.phrases(300)
    assert len(set(phrases)) == 300
    assert phrases == parsing.phrases(300)
    assert not any("](" in phrase for phrase in phrases), "entities are marked up only for training"


def test_both_models_are_timed_on_each_phrase() -> None:
    median, tail = parsing.measure(MODEL, MODEL, 5)
    assert (median.what, tail.what) == ("parse, median", "parse, 95th percentile")
    assert median.stock and tail.stock
    assert 0 < median.assistant <= tail.assistant and 0 < median.stock <= tail.stock


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_answers_and_the_memory_of_every_process(tmp_path: Path) -> None:
    figures = {one.what: one for one in servers.answers(MODEL, MODEL, tmp_path, 2)}
    assert list(figures) == [
        "message to answer, median",
        "message to answer, 95th percentile",
        "memory, dialogue server",
        "memory, action server",
        "memory, worker",
    ]
    dialogue = figures["memory, dialogue server"]
    assert dialogue.stock and dialogue.assistant > 50 and dialogue.stock > 50
    assert servers.resident() == {}, "a process was left behind"
