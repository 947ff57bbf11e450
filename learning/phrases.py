"""The check of the training phrases: no phrase twice, none of a measuring set, no entity that nobody knows."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from learning.corpora import Example

_NOT_LETTERS = re.compile(r"[\W_]+")


def problems(
    training: Sequence[Example], entities: Collection[str], measuring: Iterable[Example] = ()
) -> Iterator[str]:
    """A sentence per defect.

    Args:
        training: the training phrases.
        entities: the entities that the domain has.
        measuring: utterances that must not be trained on.
    """
    seen: dict[str, str] = {}
    typed: set[str] = set()
    held_out = {_bare(example.text) for example in measuring}
    for example in training:
        key = _bare(example.text)
        if seen.setdefault(key, example.intent) != example.intent:
            yield f"“{example.text}” stands under {seen[key]} and {example.intent}."
        elif example.text.lower() in typed:
            yield f"“{example.text}” stands twice under {example.intent}."
        typed.add(example.text.lower())
        if key in held_out:
            yield f"“{example.text}” ({example.intent}) is a phrase of the measuring set."
        for kind in sorted({kind for kind, _ in example.entities} - set(entities)):
            yield f"“{example.text}” ({example.intent}) has the unknown entity {kind}."


def _bare(text: str) -> str:
    """Letters and digits alone, in lower case: punctuation does not make another phrase, unless it is all there is."""
    return _NOT_LETTERS.sub(" ", text).strip().lower() or text
