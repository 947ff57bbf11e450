"""The figures of understanding, computed from what is true and what was understood."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.metrics import f1_score, roc_auc_score

Flags = npt.NDArray[np.bool_]
_SAMPLES = 2000


COST_OF_A_CHANGE = 10
"""What it costs to be taken for a change that nobody asked for; any other misunderstanding costs 1."""


@dataclass(frozen=True)
class Confusion:
    """How often an intent was taken for another, and what that costs."""

    intent: str
    taken_for: str
    count: int
    cost: int


@dataclass(frozen=True)
class Counts:
    """Hits and misses of one entity."""

    right: int
    spurious: int
    missed: int

    @property
    def precision(self) -> float:
        """Share of what was found that is right."""
        return _share(self.right, self.right + self.spurious)

    @property
    def recall(self) -> float:
        """Share of what is there that was found."""
        return _share(self.right, self.right + self.missed)

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        return _share(2 * self.right, 2 * self.right + self.spurious + self.missed)


def bootstrap(hits: Sequence[bool]) -> tuple[float, float]:
    """The 95 % interval of the share of hits, by resampling the utterances."""
    flags = np.asarray(hits, dtype=float)
    means = np.random.default_rng(0).choice(flags, (_SAMPLES, len(flags))).mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)


def macro_f1(truth: Sequence[str], found: Sequence[str]) -> float:
    """The mean of the intents' F1, each intent of ``truth`` counting alike."""
    return float(f1_score(truth, found, labels=sorted(set(truth)), average="macro", zero_division=0))


def auroc(in_scope: Sequence[bool], scores: Sequence[float]) -> float | None:
    """How well scores part what is in scope from what is not; None when only one of them occurs."""
    return float(roc_auc_score(in_scope, scores)) if any(in_scope) and not all(in_scope) else None


def false_alarms(in_scope: Sequence[bool], scores: Sequence[float], kept: float = 0.95) -> float | None:
    """The share of what is out of scope that is let in where ``kept`` of what is in scope is; None as in `auroc`."""
    if all(in_scope) or not any(in_scope):
        return None
    flags, found = np.asarray(in_scope), np.asarray(scores)
    return float((found[~flags] >= np.quantile(found[flags], 1 - kept)).mean())


def confusions(wrong: Iterable[tuple[str, str, bool]]) -> list[Confusion]:
    """What was taken for what, the dearest first; from (true, taken for, whether it would have changed something)."""
    counts: Counter[tuple[str, str]] = Counter()
    costs: Counter[tuple[str, str]] = Counter()
    for true, taken, changed in wrong:
        counts[true, taken] += 1
        costs[true, taken] += COST_OF_A_CHANGE if changed else 1
    return [Confusion(true, taken, counts[true, taken], cost) for (true, taken), cost in costs.most_common()]


def entity_counts(pairs: Iterable[tuple[Iterable[tuple[str, str]], Iterable[tuple[str, str]]]]) -> dict[str, Counts]:
    """Per entity, from pairs of (true, found) entities as (kind, value); case and a leading "the" mean nothing."""
    right: Counter[str] = Counter()
    spurious: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for true, found in pairs:
        wanted, got = Counter(map(_bare, true)), Counter(map(_bare, found))
        for counter, entities in ((right, wanted & got), (spurious, got - wanted), (missed, wanted - got)):
            for (kind, _), count in entities.items():
                counter[kind] += count
    kinds = sorted({*right, *spurious, *missed})
    return {kind: Counts(right[kind], spurious[kind], missed[kind]) for kind in kinds}


def total(counts: Iterable[Counts]) -> Counts:
    """All entities as one."""
    listed = list(counts)
    return Counts(sum(c.right for c in listed), sum(c.spurious for c in listed), sum(c.missed for c in listed))


def _bare(entity: tuple[str, str]) -> tuple[str, str]:
    kind, value = entity
    return kind, value.strip().lower().removeprefix("the ")


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
