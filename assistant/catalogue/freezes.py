"""``freezes`` in ``platform.yaml``: when nothing is deployed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import time
from typing import Any

from assistant.catalogue.documents import Document
from assistant.catalogue.on_call import moment, time_zone
from assistant.catalogue.schema import did_you_mean
from assistant.contracts.errors import CatalogueBroken
from assistant.contracts.platform import Freeze


def read_freezes(document: Document) -> tuple[Freeze, ...]:
    """The freezes of a platform document of valid shape. Raises CatalogueBroken for a date or zone that is none."""
    return tuple(_freeze(document, index, each) for index, each in enumerate(document.value.get("freezes", ())))


def freeze_problems(
    document: Document, freezes: Iterable[Freeze], environments: Collection[str], services: Collection[str]
) -> Iterator[CatalogueBroken]:
    """Environments and services of freezes that the catalogue does not have: such a freeze would hold nothing back."""
    for index, freeze in enumerate(freezes):
        named = (("environment", freeze.environments, environments), ("service", freeze.services, services))
        for kind, names, known in named:
            for name in names:
                if name not in known:
                    yield document.broken(("freezes", index), f"there is no {kind} “{name}”{did_you_mean(name, known)}")


def _freeze(document: Document, index: int, content: Mapping[str, Any]) -> Freeze:
    here = ("freezes", index)
    zone = time_zone(document, (*here, "zone"), content["zone"])
    start, end = (moment(document, (*here, word), content[word], time(), zone) for word in ("from", "until"))
    if start >= end:
        raise document.broken(here, "expected “from” to lie before “until”")
    return Freeze(
        content["reason"], start, end, tuple(content.get("environments", ())), tuple(content.get("services", ()))
    )
