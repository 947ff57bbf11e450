"""Public data sets: the same classifier, untuned, on each; stock Rasa beside it on request."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from assistant.cli import MODEL
from bench.nlu import stock
from bench.nlu.given import Given
from bench.nlu.results import Measured, percent
from learning.benchmark import parser, train_on
from learning.corpora import Example, load
from learning.evaluate import Parse, Report, Result, report, results
from learning.figures import total
from learning.model import changing_intents
from learning.model import parser as model_parser

CLINC = "clinc150_small.json.gz"
HWU_TRAIN, HWU_TEST = "hwu64_fold1_train.json.gz", "hwu64_fold1_test.json.gz"
HINT_TRAIN, HINT_TEST = "hint3_sofmattress_train.csv", "hint3_sofmattress_test.csv"
SHELL = "nl2bash_oos_dev.txt"
FILES = (CLINC, HWU_TRAIN, HWU_TEST, HINT_TRAIN, HINT_TEST, SHELL)
_REJECTED = 0.05

# The published figures and where they stand: CLINC150's own paper (EMNLP 2019, table 2: small, oos-threshold), whose
# figures are taken at a threshold of their own; HINT3's own predictions (EMNLP 2020, Rasa 1.6 with ConveRT and DIET).


def measure(given: Given) -> Iterator[Measured]:
    """The figures of every set."""
    for name in FILES:
        given.public(name)
    yield from _beside(_hint3, load(given.public(HINT_TRAIN)), given)
    yield from _beside(_clinc, load(given.public(CLINC), "train"), given)
    yield from _beside(_hwu64, load(given.public(HWU_TRAIN)), given)
    yield from _shell(given)


def _beside(
    figures: Callable[[Given, Parse], Sequence[Measured]], train: list[Example], given: Given
) -> list[Measured]:
    train = [example for example in train if example.in_scope]
    ours = figures(given, parser(train_on(train)))
    if not given.stock:
        return list(ours)
    with tempfile.TemporaryDirectory() as folder:
        theirs = figures(given, stock.trained_on(train, Path(folder)))
    return [one.beside(other.assistant) for one, other in zip(ours, theirs, strict=True)]


def _hint3(given: Given, parse: Parse) -> Sequence[Measured]:
    found = report(results(load(given.public(HINT_TEST)), parse), ())
    return [
        Measured("HINT3 SOFMattress: in-scope accuracy", "%", percent(found.accuracy), None, "73.6, Rasa 69.3", "≥ 80"),
        Measured("HINT3 SOFMattress: AUROC", "%", percent(found.out_of_scope_auroc), None, "86.9, Rasa 79.2", "≥ 91"),
        Measured("HINT3 SOFMattress: FPR@95", "%", percent(found.out_of_scope_let_in), None, "54, Rasa 76"),
        *_at_own_threshold("HINT3 SOFMattress", found),
    ]


def _clinc(given: Given, parse: Parse) -> Sequence[Measured]:
    path = given.public(CLINC)
    parsed = results(load(path), parse)
    limit = float(np.quantile([one.score for one in results(_in_scope(load(path, "val")), parse)], _REJECTED))
    inside, outside = _split(parsed)
    right = [one.score >= limit and one.best == one.example.intent for one in inside]
    kept_out = [one.score < limit for one in outside]
    found = report(parsed, ())
    return [
        Measured("CLINC150 small: in-scope accuracy", "%", percent(found.accuracy), reach="≥ 96"),
        Measured("CLINC150 small: AUROC", "%", percent(found.out_of_scope_auroc)),
        Measured(
            "CLINC150 small, 5 % of the validation part rejected: in-scope accuracy",
            "%",
            percent(float(np.mean(right))),
        ),
        Measured(
            "CLINC150 small, 5 % of the validation part rejected: OOS recall",
            "%",
            percent(float(np.mean(kept_out))),
            reach="≥ 87",
        ),
        *_at_own_threshold("CLINC150 small", found, "BERT 58.9, Rasa 1.0"),
    ]


def _hwu64(given: Given, parse: Parse) -> Sequence[Measured]:
    found = report(results(load(given.public(HWU_TEST)), parse), ())
    entities = total(found.entities.values())
    return [
        Measured("HWU64 fold 1: intent accuracy", "%", percent(found.accuracy), reach="≥ 93"),
        Measured("HWU64 fold 1: entity F1, strict", "%", percent(entities.f1), reach="≥ 87"),
    ]


def _shell(given: Given) -> Iterator[Measured]:
    found = report(results(load(given.public(SHELL)), model_parser(MODEL)), changing_intents())
    yield Measured(
        "nl2bash: requests for shell commands that our model rejects", "%", percent(found.out_of_scope_recall)
    )
    yield Measured("nl2bash: taken for a change", "%", percent(found.out_of_scope_changes))


def _at_own_threshold(name: str, found: Report, published: str = "") -> Iterator[Measured]:
    recall, rejected = percent(found.out_of_scope_recall), percent(found.in_scope_rejected)
    yield Measured(f"{name}, threshold stored with the model: OOS recall", "%", recall, published=published)
    yield Measured(f"{name}, threshold stored with the model: in-scope rejected", "%", rejected)


def _in_scope(examples: Sequence[Example]) -> list[Example]:
    return [example for example in examples if example.in_scope]


def _split(parsed: Sequence[Result]) -> tuple[list[Result], list[Result]]:
    return [one for one in parsed if one.example.in_scope], [one for one in parsed if not one.example.in_scope]
