"""A linear-chain conditional random field over words, trained by Adam; plain numpy.

What a word speaks for comes from two sides: its vector through one hidden layer, and the features that it has
(Lafferty, McCallum and Pereira 2001, "Conditional Random Fields"). A label may only follow one that BIO lets it follow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.special import logsumexp

Array = npt.NDArray[np.float32]
Labels = npt.NDArray[np.int64]

HIDDEN, EPOCHS, BATCH = 256, 6, 64
RATES = (2e-3, 2e-3, 2e-3, 2e-3, 1e-2, 2e-3)  # of hidden, bias, out, bias, features, transitions; down to 0 in the end
DROPPED_INPUT, DROPPED_HIDDEN, DROPPED_FEATURES = 0.2, 0.4, 0.5


@dataclass(frozen=True)
class Sentence:
    """Words: a ``vectors`` row for each, and a row of the ``features`` that it has."""

    vectors: Array
    features: sparse.csr_matrix


@dataclass(frozen=True)
class Crf:
    """The parameters; ``first`` and ``follows`` are 0 where BIO allows a label and very low elsewhere."""

    hidden: Array
    hidden_bias: Array
    out: Array
    out_bias: Array
    features: Array
    transitions: Array
    first: Array
    follows: Array

    @property
    def trained(self) -> list[Array]:
        """What training changes."""
        return [self.hidden, self.hidden_bias, self.out, self.out_bias, self.features, self.transitions]

    def best(self, sentence: Sentence) -> list[int]:
        """The likeliest labels (Viterbi)."""
        inner = np.maximum(sentence.vectors @ self.hidden + self.hidden_bias, 0)
        speaks = inner @ self.out + self.out_bias + sentence.features @ self.features * (1 - DROPPED_FEATURES)
        reached, steps = speaks[0] + self.first, []
        for emission in speaks[1:]:
            ways = reached[:, None] + self.transitions + self.follows
            steps.append(ways.argmax(axis=0))
            reached = ways.max(axis=0) + emission
        path = [int(reached.argmax())]
        for step in reversed(steps):
            path.append(int(step[path[-1]]))
        return path[::-1]


def train(sentences: Sequence[Sentence], labels: Sequence[Labels], first: Array, follows: Array) -> Crf:
    """Fit on sentences of at least one word; ``first`` and ``follows`` as in :class:`Crf`. Always the same result."""
    chance = np.random.default_rng(0)
    crf = _untrained(sentences[0], first, follows, chance)
    order = sorted(range(len(sentences)), key=lambda at: len(labels[at]))
    batches = [order[at : at + BATCH] for at in range(0, len(order), BATCH)]
    means = [np.zeros_like(each) for each in crf.trained]
    squares = [np.zeros_like(each) for each in crf.trained]
    steps = EPOCHS * len(batches)
    todo = [number for _ in range(EPOCHS) for number in chance.permutation(len(batches))]
    for step, number in enumerate(todo):
        batch = [(sentences[at], labels[at]) for at in batches[number]]
        left = (1 - step / steps) * np.sqrt(1 - 0.999 ** (step + 1)) / (1 - 0.9 ** (step + 1))
        for parameter, rate, gradient, mean, square in zip(
            crf.trained, RATES, _gradients(crf, batch, chance), means, squares, strict=True
        ):
            mean += 0.1 * (gradient - mean)
            square += 0.001 * (gradient * gradient - square)
            parameter -= np.float32(rate * left) * mean / (np.sqrt(square) + np.float32(1e-8))
    return crf


def _untrained(example: Sentence, first: Array, follows: Array, chance: np.random.Generator) -> Crf:
    width, labels = example.vectors.shape[1], len(first)
    hidden = chance.normal(size=(width, HIDDEN), scale=np.sqrt(2 / width)).astype(np.float32)
    out = chance.normal(size=(HIDDEN, labels), scale=0.5 / np.sqrt(HIDDEN)).astype(np.float32)
    zeros = [np.zeros(shape, np.float32) for shape in (HIDDEN, labels, (example.features.shape[1], labels))]
    return Crf(hidden, zeros[0], out, zeros[1], zeros[2], np.zeros((labels, labels), np.float32), first, follows)


def _gradients(crf: Crf, batch: Sequence[tuple[Sentence, Labels]], chance: np.random.Generator) -> list[Array]:
    """Of the mean negative log-likelihood, with some of what is put in left out at random."""
    vectors = np.vstack([sentence.vectors for sentence, _ in batch])
    features = sparse.vstack([sentence.features for sentence, _ in batch]).tocsr()
    vectors = vectors * _kept(vectors.shape, DROPPED_INPUT, chance)
    features.data = (chance.random(len(features.data)) >= DROPPED_FEATURES).astype(np.float32)
    inner = vectors @ crf.hidden + crf.hidden_bias
    passed = (inner > 0) * _kept(inner.shape, DROPPED_HIDDEN, chance)
    inner = inner * passed
    speaks = inner @ crf.out + crf.out_bias + features @ crf.features
    wrong, transitions = _chain(crf, speaks, [labels for _, labels in batch])
    back = (wrong @ crf.out.T) * passed
    return [vectors.T @ back, back.sum(0), inner.T @ wrong, wrong.sum(0), features.T @ wrong, transitions]


def _kept(shape: tuple[int, ...], dropped: float, chance: np.random.Generator) -> Array:
    result: Array = (chance.random(shape, dtype=np.float32) >= dropped) / np.float32(1 - dropped)
    return result


def _chain(crf: Crf, speaks: Array, labels: Sequence[Labels]) -> tuple[Array, Array]:
    """How much likelier than true each label of each word, and each transition, is held (forward-backward)."""
    lengths = np.array([len(each) for each in labels])
    there = np.arange(lengths.max()) < lengths[:, None]
    emissions = np.zeros((*there.shape, speaks.shape[1]), np.float32)
    emissions[there] = speaks
    emissions[:, 0] += crf.first
    true = np.zeros(there.shape, np.int64)
    true[there] = np.concatenate(labels)
    ways = np.exp(crf.transitions + crf.follows)
    forward, backward = _forward(emissions, there, ways), _backward(emissions, there, ways)
    whole = logsumexp(forward[:, -1], axis=1)[:, None]
    held = np.exp(np.minimum(forward + backward - whole[:, :, None], 0))
    rows, columns = np.nonzero(there)
    held[rows, columns, true[there]] -= 1
    pairs = np.zeros_like(ways)
    for at in range(1, there.shape[1]):
        on = there[:, at]
        before, after = forward[on, at - 1], emissions[on, at] + backward[on, at] - whole[on]
        most = before.max(axis=1, keepdims=True)
        pairs += ways * (np.exp(before - most).T @ np.exp(np.minimum(after + most, 60)))
        np.add.at(pairs, (true[on, at - 1], true[on, at]), -1)
    count = np.float32(len(labels))
    return (held[there] / count).astype(np.float32), (pairs / count).astype(np.float32)


def _forward(emissions: Array, there: npt.NDArray[np.bool_], ways: Array) -> Array:
    reached = [emissions[:, 0]]
    for at in range(1, emissions.shape[1]):
        reached.append(np.where(there[:, at, None], _step(reached[-1], ways) + emissions[:, at], reached[-1]))
    return np.stack(reached, axis=1)


def _backward(emissions: Array, there: npt.NDArray[np.bool_], ways: Array) -> Array:
    rest = [np.zeros_like(emissions[:, 0])]
    for at in range(emissions.shape[1] - 1, 0, -1):
        rest.append(np.where(there[:, at, None], _step(rest[-1] + emissions[:, at], ways.T), rest[-1]))
    return np.stack(rest[::-1], axis=1)


def _step(reached: Array, ways: Array) -> Array:
    most = reached.max(axis=1, keepdims=True)
    result: Array = np.log(np.exp(reached - most) @ ways + np.float32(1e-30)) + most
    return result
