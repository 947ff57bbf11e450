"""Names that are only once in the catalogue: 200 services that no phrase, rule or list of ours has seen."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import cycle
from pathlib import Path
from typing import Any

import yaml

from assistant.catalogue import CatalogueSource
from assistant.contracts.platform import Service
from assistant.language.everyday import is_english
from assistant.language.names import Names
from assistant.language.reading import mentions
from assistant.settings import PROJECT
from bench.nlu.given import HELD_OUT, Given
from bench.nlu.results import Measured, share
from learning.corpora import load

NAMES = Path(__file__).with_name("names.yml")
KINDS = {"words": "common English words", "near": "near another name", "plain": "others"}
_SHORTEST = 5  # letters of a name that is misspelt: one slip in fewer is another word
_EACH = 3  # every third one is misspelt


@dataclass(frozen=True)
class Said:
    """A message that names ``service``, as ``typed``."""

    kind: str
    service: str
    typed: str
    text: str


def measure(_: Given) -> Iterator[Measured]:
    """Recognised names by kind and by spelling, and what else is taken for a service."""
    content = yaml.safe_load(NAMES.read_text(encoding="utf-8"))
    said = list(messages(content))
    names = Names(catalogue_with(one.service for one in said))
    missed = [one for one in said if one.service not in _found(one.text, names).get(one.typed, ())]
    yield _recognised("names recognised", said, missed, reach="≥ 97")
    for kind, told in KINDS.items():
        yield _recognised(f"names recognised: {told}", [o for o in said if o.kind == kind], missed)
    yield _recognised("names recognised: misspelt", [o for o in said if _bare(o.typed) != _bare(o.service)], missed)
    wrong = [f"{one.text} → {typed}" for one in said for typed in _found(one.text, names) if typed != one.typed]
    plain = list(content["words"].values())
    held_out = [example for example in load(HELD_OUT) if example.in_scope and not _has_service(example.entities)]
    unnamed = [example.text for example in held_out]
    wrong += [f"{text} → {typed}" for text in unnamed for typed in _found(text, names)]
    yield _taken("messages with a word taken for a service that names none", wrong, len(said) + len(unnamed), "≤ 2")
    taken = [text for text in plain if _found(text, names)]
    yield _taken("names taken for a service where they are everyday words", taken, len(plain))


def messages(content: Mapping[str, Any]) -> Iterator[Said]:
    """One message for each name, every third name with a slip and some with a space for a hyphen; always the same."""
    chance = random.Random(4)
    frames = cycle(content["messages"])
    turn = cycle(range(_EACH))
    for kind in KINDS:
        for service in content[kind]:
            now = next(turn) if len(service) >= _SHORTEST else None
            typed = slip(service, chance) if now == 0 else service.replace("-", " ") if now == 1 else service
            yield Said(kind, service, typed, next(frames).format(typed))


def slip(name: str, chance: random.Random) -> str:
    """``name`` with one slip of the fingers after its first letter (swapped, left out, doubled): no English word."""
    while True:
        at = chance.randrange(1, len(name) - 1)
        one, two = name[at], name[at + 1]
        slipped = name[:at] + chance.choice([two + one, two, one + one + two]) + name[at + 2 :]
        if one.isalpha() and two.isalpha() and slipped != name and not is_english(slipped):
            return slipped


def catalogue_with(services: Iterator[str] | Sequence[str]) -> Any:
    """The example company's catalogue with these services as well."""
    catalogue = CatalogueSource(PROJECT / "catalog").current()
    more = {name: Service(name, name, "platform") for name in services}
    return replace(catalogue, services={**catalogue.services, **more})


def _found(text: str, names: Names) -> dict[str, tuple[str, ...]]:
    return {mention.text: mention.values for mention in mentions(text, names) if mention.kind == "service"}


def _recognised(what: str, said: Sequence[Said], missed: Sequence[Said], reach: str = "") -> Measured:
    lost = [f"{one.service}: {one.text}" for one in said if one in missed]
    return Measured(what, "%", share(len(said) - len(lost), len(said)), reach=reach, cases=lost if reach else [])


def _taken(what: str, wrong: Sequence[str], messages: int, reach: str = "") -> Measured:
    return Measured(what, "%", share(len(wrong), messages), reach=reach, cases=list(wrong) if reach else [])


def _bare(name: str) -> str:
    return name.replace("-", "").replace(" ", "")


def _has_service(entities: Sequence[tuple[str, str]]) -> bool:
    return any(kind == "service" for kind, _ in entities)
