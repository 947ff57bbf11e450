"""Finds the entities of any data set after training on its phrases: what benchmarks use in place of a catalogue.

A word is known by its vector from the sentence encoder, those of its neighbours and of the sentence, and by how it and
the words around it are written.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from extensions.components.sentence_encoder import BATCH, MAX_PIECES, WIDTH, SentenceEncoder
from learning.corpora import Example
from learning.crf import Array, Crf, Sentence, train

_TOKEN = re.compile(r"\w+|[^\w\s]")
_OUTSIDE = "O"
_EDGE = "\n"  # stands for the words before the first and after the last
_RARE = 2  # a feature that occurs less often is not learned
_NEVER = np.float32(-1e4)

Span = tuple[str, int, int]
Tokens = list[tuple[int, int, str]]


class WordEncoder(SentenceEncoder):
    """The sentence encoder, asked for its words."""

    def words(self, rows: Sequence[Sequence[str]]) -> list[Array]:
        """For each row of words a vector per word: the mean of its pieces'. Words beyond the encoder's length get 0."""
        order = sorted(range(len(rows)), key=lambda at: len(rows[at]))
        found: dict[int, Array] = {}
        for at in range(0, len(order), BATCH):
            batch = order[at : at + BATCH]
            found.update(zip(batch, self._batch([rows[index] for index in batch]), strict=True))
        return [found[at] for at in range(len(rows))]

    def _batch(self, rows: Sequence[Sequence[str]]) -> Iterator[Array]:
        pieces = [[self._pieces.ids(word)[1:-1] for word in row] for row in rows]
        start, end = self._pieces.ids("")
        ids = [[start, *[piece for word in row for piece in word][: MAX_PIECES - 2], end] for row in pieces]
        width = max(map(len, ids))
        padded = np.array([row + [0] * (width - len(row)) for row in ids], dtype=np.int64)
        mask = np.array([[1] * len(row) + [0] * (width - len(row)) for row in ids], dtype=np.int64)
        feed = {"input_ids": padded, "attention_mask": mask, "token_type_ids": np.zeros_like(padded)}
        states = self._session.run(["last_hidden_state"], feed)[0]
        for row, state in zip(pieces, states, strict=True):
            owners = [number for number, word in enumerate(row) for _ in word][: MAX_PIECES - 2]
            sums, counts = np.zeros((len(row), WIDTH), np.float32), np.zeros((len(row), 1), np.float32)
            np.add.at(sums, owners, state[1 : len(owners) + 1])
            np.add.at(counts, owners, 1)
            yield sums / np.maximum(counts, 1)


@dataclass(frozen=True)
class Tagger:
    """A fitted tagger; make one with :func:`fit`."""

    crf: Crf
    labels: Sequence[str]
    known: dict[str, int]
    scale: float
    encoder: WordEncoder

    def spans(self, text: str) -> list[Span]:
        """The entities of ``text`` as (kind, start, end)."""
        tokens = _tokens(text)
        if not tokens:
            return []
        (vectors,) = self.encoder.words([[word for _, _, word in tokens]])
        path = self.crf.best(_sentence(tokens, vectors * self.scale, self.known))
        found: list[Span] = []
        for (start, end, _), label in zip(tokens, (self.labels[number] for number in path), strict=True):
            if label.startswith("B-"):
                found.append((label[2:], start, end))
            elif label.startswith("I-"):
                found[-1] = (found[-1][0], found[-1][1], end)
        return found


def fit(examples: Sequence[Example]) -> Tagger:
    """Train on the spans of ``examples``; a minute for 10,000 on two cores."""
    encoder = WordEncoder(threads=2)
    tokens = [_tokens(example.text) for example in examples]
    written = [(example, each) for example, each in zip(examples, tokens, strict=True) if each]
    vectors = encoder.words([[word for _, _, word in each] for _, each in written])
    scale = float(1 / np.std(np.vstack(vectors)))
    counts = Counter(name for _, each in written for at in range(len(each)) for name in _features(each, at))
    known = {name: number for number, name in enumerate(sorted(name for name in counts if counts[name] >= _RARE))}
    truth = [_truth(example.spans, each) for example, each in written]
    labels = sorted({label for each in truth for label in each} | {_OUTSIDE})
    numbers = {label: number for number, label in enumerate(labels)}
    sentences = [_sentence(each, one * scale, known) for (_, each), one in zip(written, vectors, strict=True)]
    crf = train(sentences, [np.array([numbers[label] for label in each]) for each in truth], *_grammar(labels))
    return Tagger(crf, labels, known, scale, encoder)


def _tokens(text: str) -> Tokens:
    return [(match.start(), match.end(), match[0]) for match in _TOKEN.finditer(text)]


def _truth(spans: Sequence[Span], tokens: Tokens) -> list[str]:
    labels = [_OUTSIDE] * len(tokens)
    for kind, start, end in spans:
        inside = [at for at, (first, last, _) in enumerate(tokens) if first < end and last > start]
        for number, at in enumerate(inside):
            labels[at] = ("I-" if number else "B-") + kind
    return labels


def _grammar(labels: Sequence[str]) -> tuple[Array, Array]:
    """Which labels may come first, and which may follow which: the inside of a kind only after the same kind."""
    inside = np.array([label.startswith("I-") for label in labels])
    other = np.array([[before[2:] != after[2:] for after in labels] for before in labels])
    return np.where(inside, _NEVER, np.float32(0)), np.where(inside[None] & other, _NEVER, np.float32(0))


def _sentence(tokens: Tokens, vectors: Array, known: dict[str, int]) -> Sentence:
    edge = np.zeros((1, WIDTH), np.float32)
    whole = np.repeat(vectors.mean(axis=0, keepdims=True), len(vectors), axis=0)
    beside = [np.vstack([edge, vectors[:-1]]), vectors, np.vstack([vectors[1:], edge]), whole]
    columns = [[known[name] for name in _features(tokens, at) if name in known] for at in range(len(tokens))]
    ends = np.cumsum([0, *map(len, columns)])
    flat = [column for row in columns for column in row]
    rows = sparse.csr_matrix((np.ones(len(flat), np.float32), flat, ends), shape=(len(tokens), len(known)))
    return Sentence(np.hstack(beside).astype(np.float32), rows)


def _features(tokens: Tokens, at: int) -> Iterator[str]:
    def word(place: int) -> str:
        return tokens[place][2].lower() if 0 <= place < len(tokens) else _EDGE

    before, this, after = word(at - 1), word(at), word(at + 1)
    yield from (f"0 {this}", f"-1 {before}", f"+1 {after}", f"-2 {word(at - 2)}", f"+2 {word(at + 2)}")
    yield from (f"-1 0 {before} {this}", f"0 +1 {this} {after}")
    yield from (f"-2 -1 {word(at - 2)} {before}", f"+1 +2 {after} {word(at + 2)}")
    yield from (f"ends {this[-3:]}", f"ends {this[-2:]}", f"begins {this[:3]}", f"begins {this[:2]}")
    yield "shape " + re.sub(r"(.)\1+", r"\1", re.sub(r"\d", "9", re.sub(r"[^\W\d_]", "x", tokens[at][2])))
