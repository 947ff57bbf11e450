"""Trains the assistant's own classifier, untuned, on any data set and measures it there."""

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
from learning.tagger import fit as fit_tagger

_FEWEST_INTENTS = 2


def benchmark(train: Path, test: Path) -> Report:
    """Train on one file and measure on the other; both in a form of :func:`learning.corpora.load`.

    Names, patterns and guards are the assistant's own and stay out of it: what is measured is the classifier, and a
    tagger in their place where the training data has entities.

    Raises:
        Invalid: a file has another form, or too few intents to tell apart.
    """
    return evaluate(test, trained_on(load(train, "train")))


def trained_on(examples: Sequence[Example]) -> Parse:
    """The classifier, and a tagger where entities are annotated, as a function from text to a parse.

    Raises:
        Invalid: there are too few intents to tell apart.
    """
    model = _classifier(examples)
    tagger = fit_tagger(examples) if any(example.spans for example in examples) else None
    encoder = SentenceEncoder()

    def parse(text: str) -> dict[str, Any]:
        prepared = wording(text, ())
        reading = model.read(prepared, encoder.encode([prepared])[0])
        ranking = rank("", reading, model.thresholds, OUT_OF_SCOPE, ())
        spans = tagger.spans(text) if tagger else []
        entities = [
            {"entity": kind, "start": start, "end": end, "value": text[start:end]} for kind, start, end in spans
        ]
        return {"intent": ranking[0], "intent_ranking": ranking, "entities": entities}

    return parse


def _classifier(examples: Sequence[Example]) -> IntentModel:
    labels = [example.intent for example in examples]
    if len(set(labels)) < _FEWEST_INTENTS:
        raise Invalid("The training file needs at least two intents.")
    texts = [wording(example.text, example.spans) for example in examples]
    return fit(texts, labels, SentenceEncoder(threads=2).encode(texts), OUT_OF_SCOPE, ())
