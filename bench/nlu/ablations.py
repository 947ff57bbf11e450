"""What each part of the classifier is worth: trained on our phrases without it, measured on utterances by others."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from assistant.catalogue import CatalogueSource
from assistant.language import negation
from assistant.language.names import Names
from assistant.language.reading import mentions
from assistant.settings import PROJECT
from bench.nlu.given import Given
from bench.nlu.results import Measured, share
from extensions.components.decision import rank
from extensions.components.intent_model import IntentModel, Reading, fit
from extensions.components.sentence_encoder import SentenceEncoder
from extensions.components.text_features import Array
from extensions.components.wording import Span, wording
from learning.corpora import OUT_OF_SCOPE, Example, load
from learning.evaluate import FALLBACK
from learning.figures import auroc
from learning.model import DATA, changing_intents

_REJECTED = 0.08  # of what is in scope
_SAME = "x"  # a text that all phrases share says nothing


def _energy(reading: Reading) -> float:
    return reading.score


def _likeliest(reading: Reading) -> float:
    return reading.ranking[0][1]


@dataclass(frozen=True)
class Variant:
    """The classifier, or the classifier without a part of it."""

    name: str
    encoder: bool = True
    words: bool = True
    replaced: bool = True
    score: Callable[[Reading], float] = _energy


VARIANTS = (
    Variant("as it is"),
    Variant("without the encoder", encoder=False),
    Variant("without TF-IDF", words=False),
    Variant("highest probability instead of energy", score=_likeliest),
    Variant("without replacing names", replaced=False),
)


def measure(given: Given) -> Iterator[Measured]:
    """In-scope accuracy, AUROC, and recall where 8 % of what is in scope is rejected, for each variant."""
    names = Names(CatalogueSource(PROJECT / "catalog").current())
    encoder = SentenceEncoder(threads=2)
    examples, train = load(given.measuring()), load(DATA)
    spans = [[(one.kind, one.start, one.end) for one in mentions(each.text, names)] for each in examples]
    for variant in VARIANTS:
        model = _fitted(variant, train, encoder)
        texts, vectors = _features(variant, [each.text for each in examples], spans, encoder)
        readings = [model.read(text, vector) for text, vector in zip(texts, vectors, strict=True)]
        yield from _figures(variant, model, examples, readings)


def _fitted(variant: Variant, train: Sequence[Example], encoder: SentenceEncoder) -> IntentModel:
    phrases = [example.text for example in train]
    texts, vectors = _features(variant, phrases, [example.spans for example in train], encoder)
    labels = [example.intent for example in train]
    return fit(texts, labels, vectors, OUT_OF_SCOPE, changing_intents(), list(map(negation.withholds, phrases)))


def _features(
    variant: Variant, phrases: Sequence[str], spans: Sequence[Sequence[Span]], encoder: SentenceEncoder
) -> tuple[list[str], Array]:
    texts = [wording(phrase, at if variant.replaced else ()) for phrase, at in zip(phrases, spans, strict=True)]
    vectors = encoder.encode(texts)
    return texts if variant.words else [_SAME] * len(texts), vectors if variant.encoder else np.zeros_like(vectors)


def _figures(
    variant: Variant, model: IntentModel, examples: Sequence[Example], readings: Sequence[Reading]
) -> Iterator[Measured]:
    inside = np.array([example.in_scope for example in examples])
    scores = np.array([variant.score(reading) for reading in readings])
    pairs = zip(examples, readings, strict=True)
    right = [_best(example.text, model, reading) == example.intent for example, reading in pairs if example.in_scope]
    limit = np.quantile(scores[inside], _REJECTED)
    yield Measured(f"{variant.name}: in-scope accuracy", "%", share(sum(right), len(right)))
    yield Measured(f"{variant.name}: AUROC", "%", 100 * (auroc(inside.tolist(), scores.tolist()) or 0.0))
    yield Measured(f"{variant.name}: recall, 8 % in scope rejected", "%", 100 * float((scores[~inside] < limit).mean()))


def _best(text: str, model: IntentModel, reading: Reading) -> str:
    """The first intent in scope, after the guards that withhold changes."""
    ranking = rank(text, reading, model.thresholds, OUT_OF_SCOPE, changing_intents())
    return next(str(entry["name"]) for entry in ranking if entry["name"] not in (FALLBACK, OUT_OF_SCOPE))
