"""The sentence encoder is the one we measured: same file, same vectors."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from extensions.components.sentence_encoder import (
    DIMENSIONS,
    LAYERS,
    WIDTH,
    SentenceEncoder,
    WordPieces,
    shared_encoder,
)

STORED = json.loads((Path(__file__).parent / "vectors.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("text", STORED)
def test_vectors_are_the_stored_ones(text: str) -> None:
    vector = shared_encoder().encode([text])[0]
    assert vector.shape == (DIMENSIONS,)
    last, stored = vector[-WIDTH:], np.array(STORED[text])
    assert float(last @ stored) / float(np.linalg.norm(last) * np.linalg.norm(stored)) > 0.995


def test_each_layer_weighs_the_same() -> None:
    layers = shared_encoder().encode(["is checkout down?", "deploy it"]).reshape(2, len(LAYERS), WIDTH)
    assert np.linalg.norm(layers, axis=2) == pytest.approx(len(LAYERS) ** -0.5)
    first, second = layers
    assert (first[0] @ second[0]) > (first[-1] @ second[-1])  # the earlier layer knows less of what a text is about


def test_like_meanings_are_near_and_others_far() -> None:
    same, other, asked = shared_encoder().encode(["who is on call", "bake a cake", "which person is on duty right now"])
    assert asked @ same > asked @ other + 0.1


def test_a_batch_gives_the_vectors_of_its_sentences() -> None:
    texts = ["hi", "what changed in search since the last release", "", "deploy checkout"]
    batch = shared_encoder().encode(texts)
    for text, vector in zip(texts, batch, strict=True):
        assert float(vector @ shared_encoder().encode([text])[0]) > 0.98  # int8 rounds by batch


def test_a_wrong_file_is_refused(tmp_path: Path) -> None:
    wrong = tmp_path / "model.onnx"
    wrong.write_bytes(b"not the weights")
    with pytest.raises(OSError, match="not the expected one"):
        SentenceEncoder(wrong)


def test_word_pieces_are_those_of_bert() -> None:
    # As published with the vocabulary: "unaffable" is un ##aff ##able.
    assert WordPieces().ids("Unaffable, Naïve!") == [101, 14477, 20961, 3468, 1010, 15743, 999, 102]


def test_long_text_is_cut() -> None:
    assert len(WordPieces().ids("checkout " * 1000)) == 128
    assert len(WordPieces().ids("x" * 50_000)) == 3
