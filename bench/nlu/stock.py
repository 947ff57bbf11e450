"""Stock Rasa on any examples: trained by Rasa's own command, parsed as Rasa parses."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.training import STOCK, train_nlu
from learning.corpora import OUT_OF_SCOPE, Example
from learning.evaluate import FALLBACK, Parse
from learning.model import parser


def trained_on(examples: Sequence[Example], folder: Path) -> Parse:
    """Train the stock pipeline on ``examples`` (100 epochs of DIET) in ``folder``; see :func:`parses`."""
    data = folder / "nlu.json"
    common = [_as_rasa(example) for example in examples]
    data.write_text(json.dumps({"rasa_nlu_data": {"common_examples": common}}), encoding="utf-8")
    return parses(train_nlu(STOCK, data, folder))


def parses(model: Path) -> Parse:
    """A stock model as a parser whose rejections can be compared with ours.

    It rejects what it takes for out of scope and what its ``FallbackClassifier`` does not trust; its score of being in
    scope is its confidence in the best intent that is.
    """
    parse = parser(model)

    def comparable(text: str) -> Mapping[str, Any]:
        parsed = parse(text)
        ranking = [entry for entry in parsed["intent_ranking"] if entry["name"] not in (FALLBACK, OUT_OF_SCOPE)]
        rejected = {"name": OUT_OF_SCOPE, "confidence": 1 - ranking[0]["confidence"]}
        name = parsed["intent"]["name"]
        first = rejected if name in (FALLBACK, OUT_OF_SCOPE) else ranking[0]
        rest = [entry for entry in (*ranking, rejected) if entry is not first]
        return {"intent": first, "intent_ranking": [first, *rest], "entities": parsed["entities"]}

    return comparable


def _as_rasa(example: Example) -> dict[str, Any]:
    entities = [
        {"entity": kind, "start": start, "end": end, "value": example.text[start:end]}
        for kind, start, end in example.spans
    ]
    return {"text": example.text, "intent": example.intent, "entities": entities}
