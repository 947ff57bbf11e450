"""The tagger learns entities from a few phrases, of words that it has never seen."""

from __future__ import annotations

import numpy as np
import pytest

from learning.corpora import Example
from learning.tagger import Tagger, WordEncoder, fit

FRAMES = ("wake me at {} please", "play {} now", "is it cold in {}", "how are you")
VALUES = {
    FRAMES[0]: ("time", ("seven", "half past nine", "ten o'clock", "noon", "quarter to six", "five")),
    FRAMES[1]: ("song", ("yesterday", "let it be", "hey jude", "imagine", "come together", "something")),
    FRAMES[2]: ("place", ("paris", "new york", "berlin", "rome", "san diego", "oslo")),
}


def example(frame: str, value: str) -> Example:
    kind, at = VALUES[frame][0], frame.index("{")
    return Example(frame.format(value), kind, ((kind, value),), ((kind, at, at + len(value)),))


EXAMPLES = [example(frame, value) for frame, (_, values) in VALUES.items() for value in values]
OTHERS = [Example(f"{polite} {FRAMES[3]}", "greet") for polite in ("hi", "hello", "hey", "so", "well", "now")]


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return fit([*EXAMPLES, *OTHERS] * 20)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("wake me at eleven please", [("time", "eleven")]),
        ("is it cold in los angeles", [("place", "los angeles")]),
        ("play blackbird now", [("song", "blackbird")]),
        ("how are you", []),
        ("", []),
    ],
)
def test_new_values_are_found_where_they_stand(tagger: Tagger, text: str, found: list[tuple[str, str]]) -> None:
    assert [(kind, text[start:end]) for kind, start, end in tagger.spans(text)] == found


def test_any_text_is_tagged(tagger: Tagger) -> None:
    for text in ("é" * 300, "play " * 400, "?!", "\u0000 \u2028", "🙂 wake me"):
        assert all(0 <= start < end <= len(text) for _, start, end in tagger.spans(text))


def test_words_in_a_batch_have_the_vectors_that_they_have_alone() -> None:
    encoder = WordEncoder()
    rows = [["play", "something"], ["is", "it", "unbelievably", "cold", "?"]]
    together, alone = encoder.words(rows), [encoder.words([row])[0] for row in rows]
    for one, other, row in zip(together, alone, rows, strict=True):
        assert one.shape == (len(row), 384)
        # int8 weights are scaled by batch, so the vectors are near and not equal
        cosines = (one * other).sum(axis=1) / np.linalg.norm(one, axis=1) / np.linalg.norm(other, axis=1)
        assert cosines.min() > 0.95
