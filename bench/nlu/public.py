"""Public data sets: the same classifier, untuned, on each; stock Rasa beside it on request."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from assistant.cli import MODEL
from bench.nlu import stock
from bench.nlu.given import Given
from bench.nlu.results import Measured, percent, share
from bench.training import stock_model
from learning.benchmark import trained_on
from learning.corpora import Example, load
from learning.evaluate import Parse, Report, Result, report, results
from learning.figures import total
from learning.model import changing_intents, parser

FILES = {
    "hint3": ("hint3_sofmattress_train.csv", "hint3_sofmattress_test.csv"),
    "clinc": ("clinc150_small.json.gz",),
    "hwu64": ("hwu64_fold1_train.json.gz", "hwu64_fold1_test.json.gz"),
    "shell": ("nl2bash_oos_dev.txt",),
}
"""What each part reads from the folder of public sets."""
_REJECTED = 0.05

# The published figures and where they stand: CLINC150's own paper (EMNLP 2019, table 2: small, oos-threshold), whose
# figures are taken at thresholds of its own; HINT3's predictions (EMNLP 2020), the best of five systems first.


def hint3(given: Given) -> list[Measured]:
    """HINT3 SOFMattress: phrases by bot builders, messages by real customers."""
    train, test = _files("hint3", given)

    def figures(parse: Parse) -> list[Measured]:
        found = report(results(load(test), parse), ())
        return [
            Measured("in-scope accuracy", "%", percent(found.accuracy), None, "73.6, Rasa 69.3", "≥ 80"),
            Measured("AUROC", "%", percent(found.out_of_scope_auroc), None, "86.9, Rasa 79.2", "≥ 91"),
            Measured("FPR@95", "%", percent(found.out_of_scope_let_in), None, "54, Rasa 76"),
            *_at_own_threshold(found),
        ]

    return _beside(figures, _in_scope(load(train)), given)


def clinc(given: Given) -> list[Measured]:
    """CLINC150 small: trained without its out-of-scope phrases, as most published figures are, and with them."""
    (path,) = _files("clinc", given)
    train = load(path, "train")
    scoped = _in_scope(train)
    return [*_beside(lambda parse: _clinc(path, parse), scoped, given), *_clinc_with_outside(path, trained_on(train))]


def _clinc(path: Path, parse: Parse) -> list[Measured]:
    parsed = results(load(path), parse)
    found, (right, kept_out) = report(parsed, ()), _at_validation(path, parse, parsed)
    return [
        Measured("in-scope accuracy", "%", percent(found.accuracy), reach="≥ 96"),
        Measured("AUROC", "%", percent(found.out_of_scope_auroc)),
        Measured("5 % of validation rejected: in-scope accuracy", "%", right),
        Measured("5 % of validation rejected: recall", "%", kept_out, reach="≥ 87"),
        *_at_own_threshold(found, "BERT 58.9, Rasa 1.0"),
    ]


def _clinc_with_outside(path: Path, parse: Parse) -> Iterator[Measured]:
    parsed = results(load(path), parse)
    right, kept_out = _at_validation(path, parse, parsed)
    name = "with its 100 out-of-scope phrases, 5 % of validation rejected"
    yield Measured(f"{name}: in-scope accuracy", "%", right)
    yield Measured(f"{name}: recall", "%", kept_out)


def _at_validation(path: Path, parse: Parse, parsed: Sequence[Result]) -> tuple[float, float]:
    """In-scope accuracy and recall at the threshold that rejects 5 % of what is in scope in the validation part."""
    limit = float(np.quantile([one.score for one in results(_in_scope(load(path, "val")), parse)], _REJECTED))
    right = [one.score >= limit and one.best == one.example.intent for one in parsed if one.example.in_scope]
    kept_out = [one.score < limit for one in parsed if not one.example.in_scope]
    return share(sum(right), len(right)), share(sum(kept_out), len(kept_out))


def hwu64(given: Given) -> list[Measured]:
    """HWU64, the first of the ten published folds."""
    train, test = _files("hwu64", given)

    def figures(parse: Parse) -> list[Measured]:
        found = report(results(load(test), parse), ())
        entities = total(found.entities.values())
        return [
            Measured("intent accuracy", "%", percent(found.accuracy), reach="≥ 93"),
            Measured("entity F1, strict", "%", percent(entities.f1), reach="≥ 87"),
        ]

    return _beside(figures, _in_scope(load(train)), given)


def shell(given: Given) -> list[Measured]:
    """Requests for shell commands (nl2bash), near to our trade and out of scope, on the assistant's own model."""
    (path,) = _files("shell", given)
    parses = [parser(MODEL), *([stock.parses(stock_model())] if given.stock else [])]
    ours, *theirs = (report(results(load(path), parse), changing_intents()) for parse in parses)
    rejected = Measured("rejected", "%", percent(ours.out_of_scope_recall))
    changes = Measured("taken for a change", "%", percent(ours.out_of_scope_changes))
    for other in theirs:
        rejected = rejected.beside(percent(other.out_of_scope_recall))
        changes = changes.beside(percent(other.out_of_scope_changes))
    return [rejected, changes]


def _beside(figures: Callable[[Parse], list[Measured]], train: list[Example], given: Given) -> list[Measured]:
    ours = figures(trained_on(train))
    if not given.stock:
        return ours
    with tempfile.TemporaryDirectory() as folder:
        theirs = figures(stock.trained_on(train, Path(folder)))
    return [one.beside(other.assistant) for one, other in zip(ours, theirs, strict=True)]


def _at_own_threshold(found: Report, published: str = "") -> Iterator[Measured]:
    recall, rejected = percent(found.out_of_scope_recall), percent(found.in_scope_rejected)
    yield Measured("threshold stored with the model: recall", "%", recall, published=published)
    yield Measured("threshold stored with the model: in-scope rejected", "%", rejected)


def _files(part: str, given: Given) -> list[Path]:
    return [given.public(name) for name in FILES[part]]


def _in_scope(examples: Sequence[Example]) -> list[Example]:
    return [example for example in examples if example.in_scope]
