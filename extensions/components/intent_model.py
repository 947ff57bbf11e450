"""Intents from TF-IDF and sentence vectors by logistic regression, with thresholds from cross-validation.

Free of Rasa. The score of being in scope is the energy (Liu et al. 2020, https://arxiv.org/abs/2010.03759): the log-sum-exp
of the logits of all intents, less the logit of the class of out-of-scope phrases where there is one.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, logsumexp, softmax
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from extensions.components.text_features import BLOCKS, Array, Block, fit_block, stored_block

Vectors = npt.NDArray[np.float32]

FOLDS = 4
IN_SCOPE_REJECTED = 0.06
STRENGTH = 20.0  # inverse of the regularisation
_STEPS = 60
_JITTER = 1e-5
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
    """How a message was understood: ``in_scope`` from 0 to 1 (0.5 is the threshold), ``ranking`` without out of scope."""

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

    def logits(self, text: str, vector: Vectors) -> Array:
        """One number per intent for a text as :func:`wording.wording` gives it, and its sentence vector."""
        total = vector @ self._weights["vector"] + self._weights["bias"]
        for name, block in self._blocks.items():
            columns, values = block.weigh(text)
            total = total + (values / np.sqrt(len(self._blocks))) @ self._weights[name][columns]
        result: Array = total
        return result

    def read(self, text: str, vector: Vectors) -> Reading:
        """Score and ranking of a text."""
        logits = self.logits(text, vector)
        limits = self.thresholds
        score = float(scores(logits[None], self._inside)[0])
        chances = softmax(logits[self._inside] / limits.temperature)
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
    texts: Sequence[str], labels: Sequence[str], vectors: Vectors, outside: str, changing: Collection[str]
) -> IntentModel:
    """Train on prepared ``texts`` with their ``vectors``.

    Args:
        outside: the intent of what is out of scope; it need not occur.
        changing: the intents that change something.
    """
    blocks, rows = {}, []
    for name in BLOCKS:
        blocks[name], found = fit_block(name, texts)
        rows.append(found / np.sqrt(len(BLOCKS)))
    words = sparse.hstack(rows).tocsr()
    classes, numbers = np.unique(np.asarray(labels), return_inverse=True)
    likeness = (words @ words.T).toarray() + vectors @ vectors.T
    inside = classes != outside
    limits = _thresholds(_held_out(likeness, numbers), numbers, inside, np.isin(classes, list(changing)))
    duals, bias = _solve(likeness, numbers)
    weights = {"bias": bias, "vector": vectors.T @ duals}
    by_block = np.split(words.T @ duals, np.cumsum([row.shape[1] for row in rows])[:-1])
    weights |= {name: part.astype(np.float32) for name, part in zip(BLOCKS, by_block, strict=True)}
    return IntentModel([str(name) for name in classes], outside, blocks, weights, limits)


def scores(logits: Array, inside: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """How much each row of ``logits`` looks in scope."""
    energy = logsumexp(logits[:, inside], axis=1)
    result: npt.NDArray[np.float64] = energy if inside.all() else energy - logits[:, ~inside].max(axis=1)
    return result


def _solve(likeness: Array, numbers: npt.NDArray[np.int64]) -> tuple[Array, Array]:
    """Logistic regression on a matrix of likenesses: the weight of each row per class, and the bias.

    The Cholesky factor has the same inner products as the features and a hundredth of their columns, so the solution is
    the same and comes ten times as fast.
    """
    factor = np.linalg.cholesky(likeness.astype(np.float64) + _JITTER * np.eye(len(likeness)))
    model = LogisticRegression(C=STRENGTH, max_iter=_STEPS, tol=1e-2).fit(factor.astype(np.float32), numbers)
    coefficients, bias = model.coef_, model.intercept_
    if len(coefficients) == 1:  # scikit-learn keeps one row for two classes
        coefficients, bias = np.vstack([-coefficients, coefficients]) / 2, np.array([-bias[0], bias[0]]) / 2
    duals = np.linalg.solve(factor.T, coefficients.T)
    return duals.astype(np.float32), bias.astype(np.float32)


def _held_out(likeness: Array, numbers: npt.NDArray[np.int64]) -> Array:
    """The logits of each row from a model that has not seen it."""
    logits = np.zeros((len(numbers), numbers.max() + 1), dtype=np.float32)
    for seen, unseen in StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(numbers, numbers):
        duals, bias = _solve(likeness[np.ix_(seen, seen)], numbers[seen])
        logits[unseen] = likeness[np.ix_(unseen, seen)] @ duals + bias
    return logits


def _thresholds(
    logits: Array, numbers: npt.NDArray[np.int64], inside: npt.NDArray[np.bool_], changing: npt.NDArray[np.bool_]
) -> Thresholds:
    known = inside[numbers]
    within, truth = logits[known][:, inside], (np.cumsum(inside) - 1)[numbers[known]]

    def loss(temperature: float) -> float:
        return float(-log_softmax(within / temperature, axis=1)[np.arange(len(truth)), truth].mean())

    temperature = float(minimize_scalar(loss, bounds=(0.2, 5), method="bounded").x)
    found = scores(logits, inside)
    limit = float(np.quantile(found[known], IN_SCOPE_REJECTED))
    slope = 1.0
    if (~known).sum() >= _FEWEST_OUTSIDE:
        slope = float(LogisticRegression(class_weight="balanced").fit(found[:, None], known).coef_[0, 0])
    chances = softmax(within / temperature, axis=1)
    return Thresholds(temperature, limit, slope, _certain(chances, truth, changing[inside]))


def _certain(chances: Array, truth: npt.NDArray[np.int64], changing: npt.NDArray[np.bool_]) -> float:
    """The least confidence at which at most one message in 200 is wrongly taken for a change."""
    best = chances.argmax(axis=1)
    wrong = np.sort(chances.max(axis=1)[changing[best] & (best != truth)])[::-1]
    allowed = int(len(truth) * 0.005)
    return float(wrong[allowed]) if len(wrong) > allowed else 0.0
