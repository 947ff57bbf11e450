"""Delivery values before they are resolved: nested maps as dotted names, each with the place it was written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from assistant.catalogue.documents import Document, Place
from assistant.catalogue.schema import did_you_mean
from assistant.contracts.errors import CatalogueBroken
from assistant.contracts.platform import Origin

# A name in braces. PromQL's own braces ({job="x"}, {2,3}) never look like this.
_PLACEHOLDER = re.compile(r"\{([A-Za-z][\w.]*)\}")
_COMMON = ("service", "environment", "version", "commit", "request")
_FURTHER = {"version.tag": ("semver", "sha", "sha7", "n"), "observe.version": ("param",)}


@dataclass(frozen=True)
class Value:
    """A text of the catalogue and the place it was written."""

    text: str
    origin: Origin


Values = Mapping[str, Value]


def flatten(document: Document, path: Place, rule: str) -> dict[str, Value]:
    """The scalars below ``path`` under dotted names; true and false become text."""
    node: Any = document.value
    for part in path:
        node = node[part]
    return dict(_leaves(document, path, node, "", rule))


def as_text(scalar: str | bool | float) -> str:
    """A YAML scalar as text; true and false in lower case, as YAML writes them."""
    return str(scalar).lower() if isinstance(scalar, bool) else str(scalar)


def fill(text: str, service: str, environment: str) -> str:
    """Fill in ``{service}`` and ``{environment}``; the other placeholders wait for the moment of use."""
    known = {"service": service, "environment": environment}
    return _PLACEHOLDER.sub(lambda match: known.get(match[1], match[0]), text)


def fill_query(text: str, service: str, environment: str) -> str:
    """Like :func:`fill`, for a query in which names stand inside double quotes: nothing in them can end those."""
    return fill(text, _in_quotes(service), _in_quotes(environment))


def is_query(name: str) -> bool:
    """Whether the value of this name is written in a monitoring system's query language."""
    return name in ("health.query", "running") or name.startswith("metrics.")


def _in_quotes(name: str) -> str:
    return name.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def placeholder_problems(values: Values) -> Iterator[CatalogueBroken]:
    """A problem for each placeholder that nothing would ever fill in."""
    for name, value in values.items():
        known = (*_COMMON, *_FURTHER.get(name, ()))
        for found in _PLACEHOLDER.findall(value.text):
            if found.partition(".")[0] not in known:
                hint = did_you_mean(found, known) or f"; known are {', '.join(known)}"
                yield CatalogueBroken(value.origin.file, value.origin.line, f"“{{{found}}}” is no placeholder{hint}")


def words(text: str) -> tuple[str, ...]:
    """A comma-separated list: ``"cart, checkout-service"`` → two names."""
    return tuple(part for piece in text.split(",") if (part := piece.strip()))


def _leaves(document: Document, path: Place, node: Any, name: str, rule: str) -> Iterator[tuple[str, Value]]:
    if isinstance(node, dict):
        for key, child in node.items():
            yield from _leaves(document, (*path, key), child, f"{name}.{key}" if name else key, rule)
    else:
        yield name, Value(as_text(node), document.origin(rule, path))
