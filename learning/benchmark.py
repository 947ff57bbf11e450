"""Trains the assistant's own pipeline, untuned, on any data set and measures it there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from assistant.contracts.errors import Invalid
from extensions.components.decision import rank
from extensions.components.intent_model import IntentModel, fit
from extensions.components.sentence_encoder import SentenceEncoder
from extensions.components.wording import wording
from learning.corpora import OUT_OF_SCOPE, Example, load
from learning.evaluate import Parse, Report, evaluate

_FEWEST_INTENTS = 2


def benchmark(train: Path, test: Path) -> Report:
    """Train on one file and measure on the other; both in a form of :func:`learning.corpora.load`.

    Names, patterns and guards are the assistant's own and stay out of it: what is measured is the classifier.

    Raises:
        Invalid: a file has another form, or too few intents to tell apart.
    """
    return evaluate(test, parser(train_on(load(train, "train"))))


def parser(model: IntentModel) -> Parse:
    """What :func:`train_on` gave, as a function from text to what ``/model/parse`` gives."""
    encoder = SentenceEncoder()

    def parse(text: str) -> dict[str, Any]:
        prepared = wording(text, ())
        reading = model.read(prepared, encoder.encode([prepared])[0])
        ranking = rank("", reading, model.thresholds, OUT_OF_SCOPE, ())
        return {"intent": ranking[0], "intent_ranking": ranking, "entities": []}

    return parse


def train_on(examples: Sequence[Example]) -> IntentModel:
    """The classifier, fitted on ``examples``."""
    labels = [example.intent for example in examples]
    if len(set(labels)) < _FEWEST_INTENTS:
        raise Invalid("The training file needs at least two intents.")
    texts = [wording(example.text, example.spans) for example in examples]
    return fit(texts, labels, SentenceEncoder(threads=2).encode(texts), OUT_OF_SCOPE, ())
