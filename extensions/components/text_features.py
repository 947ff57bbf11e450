"""TF-IDF of words and letters as plain arrays: fitted by scikit-learn, applied without it in a tenth of the time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

Array = npt.NDArray[np.float32]
Analyzer = Callable[[str], list[str]]

# (name, settings): words with their pairs, and letters inside words, which forgive typos. The start of a text is a word
# too (an empty one): "who locked it" and "lock it" differ by how they begin.
BLOCKS: Mapping[str, Mapping[str, object]] = {
    "words": {"analyzer": "word", "ngram_range": (1, 2), "token_pattern": r"(?u)\A|\b\w+\b|[?!]"},
    "letters": {"analyzer": "char_wb", "ngram_range": (2, 5), "min_df": 2},
}


@dataclass(frozen=True)
class Block:
    """One kind of term: ``terms`` maps a term to its column, ``idf`` holds the weight of each column."""

    terms: Mapping[str, int]
    idf: Array
    analyze: Analyzer

    def weigh(self, text: str) -> tuple[npt.NDArray[np.int64], Array]:
        """The columns of the terms in ``text`` that are known, and their weights as a unit vector."""
        counts = Counter(column for term in self.analyze(text) if (column := self.terms.get(term)) is not None)
        columns = np.fromiter(counts, dtype=np.int64, count=len(counts))
        weights = (1 + np.log(np.fromiter(counts.values(), dtype=np.float32, count=len(counts)))) * self.idf[columns]
        length = float(np.sqrt(weights @ weights)) or 1.0
        return columns, (weights / length).astype(np.float32)


def fit_block(name: str, texts: Sequence[str]) -> tuple[Block, sparse.csr_matrix]:
    """Learn the terms of block ``name`` from ``texts``; also gives the weights of these texts, a row each."""
    vectorizer = TfidfVectorizer(sublinear_tf=True, dtype=np.float32, **BLOCKS[name])
    rows = vectorizer.fit_transform(texts)
    terms = {term: int(column) for term, column in vectorizer.vocabulary_.items()}
    return Block(terms, vectorizer.idf_.astype(np.float32), vectorizer.build_analyzer()), rows


def stored_block(name: str, terms: Sequence[str], idf: Array) -> Block:
    """The block as it was fitted: ``terms`` in the order of their columns."""
    analyze = TfidfVectorizer(**BLOCKS[name]).build_analyzer()
    return Block({term: column for column, term in enumerate(terms)}, idf, analyze)
