"""Intents from words, letters and sentence vectors by kernel ridge regression, with thresholds from held-out phrases.

Free of Rasa. Two texts are alike by their TF-IDF weights and by a Gaussian kernel on their sentence vectors. Ridge
regression has its leave-one-out predictions in closed form (Rifkin and Lippert 2007, "Notes on Regularized Least
Squares"), so that every threshold comes from phrases that the model has not seen, at no cost. The score of being in
scope is the energy (Liu et al. 2020, https://arxiv.org/abs/2010.03759): the log-sum-exp of the logits of all intents,
less the logit of the class of out-of-scope phrases where there is one.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import linalg, sparse
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, logsumexp, softmax
from sklearn.linear_model import LogisticRegression

from extensions.components.text_features import BLOCKS, Array, Block, fit_block, stored_block

Flags = npt.NDArray[np.bool_]

IN_SCOPE_REJECTED = 0.05  # of the held-out phrases
WRONG_CHANGES = 0.007  # of the held-out phrases, above the certainty that a change needs
RIDGE = 0.5
SHARPNESS = 4.0  # of the Gaussian kernel: exp(SHARPNESS * (cosine - 1))
WEIGHT = 1.8  # of the sentence vectors beside words and letters together
FEW = 1000  # phrases; with fewer, half of that weight goes to vectors without what differs within intents anyway
FOLDS = 5
SHRINKAGE = 0.3  # of the spread within intents towards a sphere
_FEWEST_OUTSIDE = 20


@dataclass(frozen=True)
class Thresholds:
    """What cross-validation found.

    ``temperature`` divides the logits so that confidences are true; ``score`` is the least score in scope; ``slope``
    turns the distance to it into a confidence; ``certain`` is the least confidence at which something is changed.
    """

    temperature: float
    score: float
    slope: float
    certain: float


@dataclass(frozen=True)
class Reading:
    """How a message was understood: ``in_scope`` from 0 to 1 (0.5: the threshold), ``ranking`` of what is in scope."""

    in_scope: float
    score: float
    ranking: tuple[tuple[str, float], ...]


class IntentModel:
    """A fitted classifier; make one with :func:`fit` or :meth:`load`."""

    def __init__(
        self,
        intents: Sequence[str],
        outside: str,
        blocks: dict[str, Block],
        weights: dict[str, Array],
        thresholds: Thresholds,
    ) -> None:
        self.intents, self.outside, self.thresholds = tuple(intents), outside, thresholds
        self._blocks, self._weights = blocks, weights
        self._inside = np.array([intent != outside for intent in intents])

    def logits(self, text: str, vector: Array) -> Array:
        """One number per intent for a text as :func:`wording.wording` gives it, and its sentence vector."""
        alike = _alike(self._weights["vectors"], vector[None], self._weights.get("whitening"))[:, 0]
        total = alike @ self._weights["duals"]
        for name, block in self._blocks.items():
            columns, values = block.weigh(text)
            total = total + (values / len(self._blocks)) @ self._weights[name][columns]
        result: Array = (total + self._weights["bias"]) / self.thresholds.temperature
        return result

    def read(self, text: str, vector: Array) -> Reading:
        """Score and ranking of a text."""
        logits = self.logits(text, vector)
        limits = self.thresholds
        score = float(scores(logits[None], self._inside)[0])
        chances = softmax(logits[self._inside])
        names = [intent for intent, inside in zip(self.intents, self._inside, strict=True) if inside]
        ranking = sorted(zip(names, map(float, chances), strict=True), key=lambda pair: -pair[1])
        in_scope = float(1 / (1 + np.exp(-limits.slope * (score - limits.score))))
        return Reading(in_scope, score, tuple(ranking))

    def save(self, folder: Path) -> None:
        """Write plain arrays and JSON; nothing in it is code."""
        arrays = {f"weights_{name}": array for name, array in self._weights.items()}
        arrays |= {f"idf_{name}": block.idf for name, block in self._blocks.items()}
        np.savez(folder / "arrays.npz", **arrays)
        terms = {name: sorted(block.terms, key=block.terms.__getitem__) for name, block in self._blocks.items()}
        about = {
            "intents": self.intents,
            "outside": self.outside,
            "thresholds": asdict(self.thresholds),
            "terms": terms,
        }
        (folder / "model.json").write_text(json.dumps(about), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> IntentModel:
        """Read what :meth:`save` wrote."""
        about = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        with np.load(folder / "arrays.npz", allow_pickle=False) as arrays:
            weights = {
                name.removeprefix("weights_"): arrays[name] for name in arrays.files if name.startswith("weights_")
            }
            blocks = {name: stored_block(name, about["terms"][name], arrays[f"idf_{name}"]) for name in BLOCKS}
        return cls(about["intents"], about["outside"], blocks, weights, Thresholds(**about["thresholds"]))


def fit(
    texts: Sequence[str],
    labels: Sequence[str],
    vectors: Array,
    outside: str,
    changing: Collection[str],
    withheld: Sequence[bool] = (),
) -> IntentModel:
    """Train on prepared ``texts`` with their ``vectors``.

    Args:
        outside: the intent of what is out of scope; it need not occur.
        changing: the intents that change something.
        withheld: which of the texts are never taken for a change, by a rule outside of the model.
    """
    blocks, rows = {}, []
    for name in BLOCKS:
        blocks[name], found = fit_block(name, texts)
        rows.append(found)
    classes, numbers = np.unique(np.asarray(labels), return_inverse=True)
    targets = np.where(numbers[:, None] == np.arange(len(classes)), 1.0, -1.0).astype(np.float32)
    terms = sum((row @ row.T).toarray() for row in rows) / len(rows)
    weights = {"vectors": vectors}
    if len(texts) < FEW:
        held_out = _cross_validated(terms, vectors, numbers, targets)
        weights["whitening"] = _whitening(vectors, numbers)
        duals, bias, _ = _solve(terms + _alike(vectors, vectors, weights["whitening"]), targets)
    else:
        duals, bias, held_out = _solve(terms + _alike(vectors, vectors, None), targets)
    inside = classes != outside
    plain = ~np.asarray(withheld or [False] * len(texts))
    limits = _thresholds(held_out, numbers, plain, inside, np.isin(classes, list(changing)))
    weights |= {"bias": bias, "duals": duals}
    weights |= {name: _linear(row, duals) for name, row in zip(BLOCKS, rows, strict=True)}
    return IntentModel([str(name) for name in classes], outside, blocks, weights, limits)


def scores(logits: Array, inside: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """How much each row of ``logits`` looks in scope."""
    energy = logsumexp(logits[:, inside], axis=1)
    result: npt.NDArray[np.float64] = energy if inside.all() else energy - logits[:, ~inside].max(axis=1)
    return result


def _alike(known: Array, vectors: Array, whitening: Array | None) -> Array:
    """How alike each of ``known`` is to each of ``vectors``, in the space of the vectors and in the whitened one."""
    plain = _gaussian(known @ vectors.T)
    if whitening is None:
        return plain
    result: Array = (plain + _gaussian(_unit(known @ whitening) @ _unit(vectors @ whitening).T)) / 2
    return result


def _cross_validated(terms: Array, vectors: Array, numbers: npt.NDArray[np.int64], targets: Array) -> Array:
    """What is predicted for each phrase without its fold: leave-one-out would have whitened with the phrase itself."""
    folds = np.empty_like(numbers)
    folds[np.argsort(numbers, kind="stable")] = np.arange(len(numbers)) % FOLDS
    held_out = np.empty_like(targets)
    for fold in range(FOLDS):
        out, rest = np.flatnonzero(folds == fold), np.flatnonzero(folds != fold)
        whitening = _whitening(vectors[rest], numbers[rest])
        duals, bias, _ = _solve(
            terms[np.ix_(rest, rest)] + _alike(vectors[rest], vectors[rest], whitening), targets[rest]
        )
        alike = terms[np.ix_(rest, out)] + _alike(vectors[rest], vectors[out], whitening)
        held_out[out] = alike.T @ duals + bias
    return held_out


def _whitening(vectors: Array, numbers: npt.NDArray[np.int64]) -> Array:
    """What makes the spread within intents the same in all directions, as in linear discriminant analysis."""
    _, numbers = np.unique(numbers, return_inverse=True)
    means = np.stack([vectors[numbers == number].mean(axis=0) for number in range(numbers.max() + 1)])
    rest = vectors - means[numbers]
    spread = rest.T @ rest / len(rest)
    spread[np.diag_indices_from(spread)] += SHRINKAGE * np.trace(spread) / len(spread) + 1e-6
    strengths, axes = np.linalg.eigh(spread)
    result: Array = ((axes * strengths**-0.5) @ axes.T).astype(np.float32)
    return result


def _unit(vectors: Array) -> Array:
    result: Array = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    return result


def _gaussian(cosines: Array) -> Array:
    result: Array = np.float32(WEIGHT) * np.exp(SHARPNESS * (cosines - 1))
    return result


def _linear(rows: sparse.csr_matrix, duals: Array) -> Array:
    """The weights of the terms: their part of the model is linear and needs no training texts at run time."""
    result: Array = (rows.T @ duals).astype(np.float32)
    return result


def _solve(alike: Array, targets: Array) -> tuple[Array, Array, Array]:
    """Ridge regression on 1 for the own class and -1 for others: duals, bias, and the leave-one-out predictions."""
    bias = targets.mean(axis=0)
    alike[np.diag_indices_from(alike)] += RIDGE
    factor = linalg.cholesky(alike, overwrite_a=True, check_finite=False)
    duals = linalg.cho_solve((factor, False), targets - bias, check_finite=False)
    inverse, _ = linalg.lapack.spotri(factor, overwrite_c=True)  # its upper half, which has the diagonal
    held_out = targets - duals / np.diag(inverse)[:, None]
    return duals, bias, held_out


def _thresholds(
    held_out: Array, numbers: npt.NDArray[np.int64], plain: Flags, inside: Flags, changing: Flags
) -> Thresholds:
    known = inside[numbers]
    within, truth = held_out[known][:, inside], (np.cumsum(inside) - 1)[numbers[known]]

    def loss(temperature: float) -> float:
        return float(-log_softmax(within / temperature, axis=1)[np.arange(len(truth)), truth].mean())

    temperature = float(minimize_scalar(loss, bounds=(0.01, 2), method="bounded").x)
    found = scores(held_out / temperature, inside)
    slope = 1.0
    if (~known).sum() >= _FEWEST_OUTSIDE:
        slope = float(LogisticRegression(class_weight="balanced").fit(found[:, None], known).coef_[0, 0])
    limit = float(np.quantile(found[known], IN_SCOPE_REJECTED))
    certain = _certain(softmax(within / temperature, axis=1), truth, plain[known], changing[inside])
    return Thresholds(temperature, limit, slope, certain)


def _certain(chances: Array, truth: npt.NDArray[np.int64], plain: Flags, changing: Flags) -> float:
    """The least confidence above which at most ``WRONG_CHANGES`` of the phrases are wrongly taken for a change."""
    best = chances.argmax(axis=1)
    wrong = np.sort(chances.max(axis=1)[plain & changing[best] & (best != truth)])[::-1]
    allowed = int(len(truth) * WRONG_CHANGES)
    return float(wrong[allowed]) if len(wrong) > allowed else 0.0
