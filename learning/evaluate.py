"""Measures a parser on labelled utterances."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assistant.contracts.errors import AssistantError
from learning.corpora import OUT_OF_SCOPE, Example, load
from learning.figures import (
    Confusion,
    Counts,
    auroc,
    bootstrap,
    confusions,
    entity_counts,
    false_alarms,
    macro_f1,
    total,
)

FALLBACK = "nlu_fallback"
Parse = Callable[[str], Mapping[str, Any]]
Resolve = Callable[[str], str]
_SHOWN = 10


@dataclass(frozen=True)
class Report:
    """Shares are from 0 to 1, times in milliseconds; None where the file has nothing to measure it on.

    ``accuracy`` counts the best intent of the ranking, before anything is rejected or asked back; ``answered`` what was
    understood rightly at once; ``wrong_changes`` the in-scope utterances taken for a change that was not asked for.
    """

    utterances: int
    in_scope: int
    accuracy: float | None
    accuracy_interval: tuple[float, float] | None
    macro_f1: float | None
    answered: float | None
    asked_back: float | None
    in_scope_rejected: float | None
    wrong_changes: float | None
    out_of_scope_auroc: float | None
    out_of_scope_let_in: float | None
    out_of_scope_recall: float | None
    out_of_scope_changes: float | None
    confusions: list[Confusion]
    entities: dict[str, Counts]
    resolution: float | None
    parse_p50: float
    parse_p95: float

    def as_json(self) -> dict[str, Any]:
        """The report with plain values."""
        plain = asdict(self)
        counted = {**self.entities, "all": total(self.entities.values())}
        plain["entities"] = {
            kind: {**asdict(counts), "precision": counts.precision, "recall": counts.recall, "f1": counts.f1}
            for kind, counts in counted.items()
        }
        return plain


@dataclass(frozen=True)
class Result:
    """What was made of an utterance.

    ``intent`` is what it parses as; ``best`` the first of the ranking that is in scope, with its ``confidence``;
    ``score`` how much it looks in scope.
    """

    example: Example
    intent: str
    best: str
    confidence: float
    score: float
    entities: tuple[tuple[str, str], ...]
    resolved: tuple[tuple[str, tuple[str, ...]], ...]
    milliseconds: float


def evaluate(path: Path, parse: Parse, changing: Collection[str] = (), resolve: Resolve | None = None) -> Report:
    """Parse each utterance of the file and compare.

    Args:
        parse: text → what ``/model/parse`` gives.
        changing: the intents that change something.
        resolve: a service as typed → its canonical name, to measure what the parser's ``resolved`` says.

    Raises:
        Invalid: the file is malformed; it names line and defect.
    """
    return report(results(load(path), parse), changing, resolve)


def results(examples: Iterable[Example], parse: Parse) -> list[Result]:
    """Parse each utterance."""
    return [_parse(example, parse) for example in examples]


def report(parsed: Sequence[Result], changing: Collection[str], resolve: Resolve | None = None) -> Report:
    """The figures of parsed utterances."""
    inside = [result for result in parsed if result.example.in_scope]
    outside = [result for result in parsed if not result.example.in_scope]
    truth = [result.example.intent for result in inside]
    best = [result.best for result in inside]
    hits = [true == found for true, found in zip(truth, best, strict=True)]
    wrong = [result.intent in changing and result.intent != result.example.intent for result in inside]
    scope = [result.example.in_scope for result in parsed], [result.score for result in parsed]
    times = [result.milliseconds for result in parsed] or [0.0]
    return Report(
        utterances=len(parsed),
        in_scope=len(inside),
        accuracy=_mean(hits),
        accuracy_interval=bootstrap(hits) if hits else None,
        macro_f1=macro_f1(truth, best) if truth else None,
        answered=_mean([result.intent == result.example.intent for result in inside]),
        asked_back=_mean([result.intent == FALLBACK for result in inside]),
        in_scope_rejected=_mean([result.intent == OUT_OF_SCOPE for result in inside]),
        wrong_changes=_mean(wrong),
        out_of_scope_auroc=auroc(*scope),
        out_of_scope_let_in=false_alarms(*scope),
        out_of_scope_recall=_mean([result.intent == OUT_OF_SCOPE for result in outside]),
        out_of_scope_changes=_mean([result.intent in changing for result in outside]),
        confusions=confusions(_misread(inside, changing))[:_SHOWN],
        entities=entity_counts((result.example.entities, result.entities) for result in parsed),
        resolution=_mean(_resolutions(parsed, resolve)) if resolve else None,
        parse_p50=float(np.quantile(times, 0.5)),
        parse_p95=float(np.quantile(times, 0.95)),
    )


def _misread(inside: Sequence[Result], changing: Collection[str]) -> Iterator[tuple[str, str, bool]]:
    for result in inside:
        if result.best != result.example.intent:
            yield result.example.intent, result.best, result.intent in changing


def _parse(example: Example, parse: Parse) -> Result:
    start = time.perf_counter()
    parsed = parse(example.text)
    milliseconds = (time.perf_counter() - start) * 1000
    ranking = parsed.get("intent_ranking") or [parsed["intent"]]
    known = [entry for entry in ranking if entry["name"] not in (FALLBACK, OUT_OF_SCOPE)]
    outside = [entry["confidence"] for entry in ranking if entry["name"] == OUT_OF_SCOPE]
    found = parsed.get("entities") or []
    return Result(
        example,
        parsed["intent"]["name"],
        known[0]["name"] if known else OUT_OF_SCOPE,
        float(known[0]["confidence"]) if known else 0.0,
        1 - outside[0] if outside else float(parsed["intent"]["confidence"]),
        tuple((entity["entity"], str(entity["value"])) for entity in found),
        tuple((str(e["value"]), tuple(e.get("resolved", ()))) for e in found if e["entity"] == "service"),
        milliseconds,
    )


def _resolutions(results: Sequence[Result], resolve: Resolve) -> list[bool]:
    """For each true service that the catalogue knows: whether the parser found just that one."""
    hits = []
    for result in results:
        found = {names[0] for _, names in result.resolved if len(names) == 1}
        for kind, value in result.example.entities:
            name = _known(resolve, value) if kind == "service" else None
            if name is not None:
                hits.append(name in found)
    return hits


def _known(resolve: Resolve, value: str) -> str | None:
    try:
        return resolve(value)
    except AssistantError:
        return None


def _mean(flags: Sequence[bool]) -> float | None:
    return float(np.mean(flags)) if flags else None
