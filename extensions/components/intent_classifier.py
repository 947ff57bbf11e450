"""The intent of a message, or that it is unclear between two, or that it is out of scope."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant.language import negation
from extensions.components import sentence_encoder
from extensions.components.decision import Entry, rank
from extensions.components.intent_model import IntentModel, fit
from extensions.components.wording import Span, wording


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class ScopedIntentClassifier(GraphComponent, IntentClassifier):
    """Classifies in two steps: is it ours at all, and which of ours is it.

    Rejected messages parse as the out-of-scope intent; those that lie between two parse as ``nlu_fallback`` with both
    next in the ranking. Everything that reads a parse (dialogue, ``/model/parse``, evaluation) sees the same decision.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``changing_intents`` are those that change something: they need more certainty, and a plain request."""
        return {"out_of_scope": "out_of_scope", "changing_intents": []}

    def __init__(
        self, config: dict[str, Any], storage: ModelStorage, resource: Resource, model: IntentModel | None
    ) -> None:
        self._config, self._storage, self._resource, self._model = config, storage, resource, model
        self._changing = frozenset(config["changing_intents"])

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ScopedIntentClassifier:
        """A classifier that is yet to be trained (see the parent class)."""
        return cls(config, model_storage, resource, None)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> ScopedIntentClassifier:
        """The classifier as it was trained (see the parent class)."""
        sentence_encoder.shared_encoder()  # read now, so that the first message does not wait for it
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, IntentModel.load(folder))

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """A digest of the files that a trained model depends on besides this class, and of the encoder."""
        digest = hashlib.sha256(sentence_encoder.SHA256.encode())
        for name in ("intent_model.py", "text_features.py", "wording.py", "sentence_encoder.py", "wordpiece_vocab.txt"):
            digest.update((Path(__file__).parent / name).read_bytes())
        digest.update(Path(negation.__file__).read_bytes())
        return digest.hexdigest()

    def train(self, training_data: TrainingData) -> Resource:
        """Fit on the phrases with an intent; their annotations say what the names are, no catalogue is needed."""
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        texts = [wording(example.get(TEXT), _spans(example)) for example in examples]
        labels = [example.get(INTENT) for example in examples]
        vectors = sentence_encoder.SentenceEncoder(threads=2).encode(texts)
        withheld = [negation.withholds(example.get(TEXT)) for example in examples]
        self._model = fit(texts, labels, vectors, self._config["out_of_scope"], self._changing, withheld)
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set intent and ranking of each message."""
        for message in messages:
            ranking = self._ranking(message.get(TEXT) or "", _spans(message))
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages

    def _ranking(self, text: str, spans: Iterable[Span]) -> list[Entry]:
        prepared, outside = wording(text, spans), self._config["out_of_scope"]
        if self._model is None or not any(map(str.isalnum, prepared)):
            return [{"name": outside, "confidence": 1.0}]
        vector = sentence_encoder.shared_encoder().encode([prepared])[0]
        return rank(text, self._model.read(prepared, vector), self._model.thresholds, outside, self._changing)


def _spans(message: Message) -> Iterable[Span]:
    return [(entity["entity"], entity["start"], entity["end"]) for entity in message.get(ENTITIES) or []]
