"""The shape of the catalogue's files: JSON schemas, their violations in plain words, and the names they declare."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from jsonschema import Draft7Validator, ValidationError

from assistant.catalogue.documents import Document, Place
from assistant.contracts.errors import CatalogueBroken


def violations(document: Document, schema: str) -> list[CatalogueBroken]:
    """What in a document is not as ``<schema>.schema.json`` wants it, top to bottom."""
    found = (each for error in _validator(schema).iter_errors(document.value) for each in _in_words(document, error))
    unique = {str(problem): problem for problem in found}
    return sorted(unique.values(), key=lambda problem: problem.line)


def is_delivery_name(name: str) -> bool:
    """Whether ``name`` (dotted, for example ``start.inputs.request``) is a value that a delivery can have."""
    leaves, prefixes = _delivery_names()
    return name in leaves or any(name.startswith(prefix) and len(name) > len(prefix) for prefix in prefixes)


def delivery_names() -> list[str]:
    """The dotted names that a delivery can have; those that end with ``.*`` stand for names of the company's own."""
    leaves, prefixes = _delivery_names()
    return sorted([*leaves, *(prefix + "*" for prefix in prefixes)])


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """“; did you mean …?” when a known word comes near, else nothing."""
    near = nearest(word, known)
    return f"; did you mean “{near[0]}”?" if near else ""


def nearest(word: str, known: Iterable[str]) -> list[str]:
    """The known word that comes nearest, if one comes near at all."""
    return difflib.get_close_matches(word, list(known), n=1)


@lru_cache(maxsize=4)
def _schema(name: str) -> dict[str, Any]:
    text = (Path(__file__).parent / f"{name}.schema.json").read_text(encoding="utf-8")
    return cast("dict[str, Any]", json.loads(text))


@lru_cache(maxsize=4)
def _validator(name: str) -> Draft7Validator:
    return Draft7Validator(_schema(name))


@lru_cache(maxsize=1)
def _delivery_names() -> tuple[frozenset[str], tuple[str, ...]]:
    leaves: set[str] = set()
    prefixes: list[str] = []
    for name, reference in _walk(_schema("platform")["definitions"]["delivery"]["properties"], ""):
        if reference == "#/definitions/values":
            prefixes.append(name + ".")
        else:
            leaves.add(name)
    return frozenset(leaves), tuple(prefixes)


def _walk(properties: dict[str, Any], start: str) -> Iterator[tuple[str, str]]:
    for name, schema in properties.items():
        if "$ref" in schema:
            yield start + name, schema["$ref"]
        else:
            yield from _walk(schema["properties"], f"{start}{name}.")


def _in_words(document: Document, error: ValidationError) -> Iterator[CatalogueBroken]:
    path: Place = tuple(error.absolute_path)
    place = ".".join(str(part) for part in path) or "this document"
    schema, wanted = cast("dict[str, Any]", error.schema), cast("list[str]", error.validator_value)
    if error.validator == "required":
        for name in wanted:
            if name not in cast("dict[str, Any]", error.instance):
                yield document.broken(path, f"{place}: expected “{name}”, which is missing")
    elif error.validator == "additionalProperties":
        known = schema.get("properties", {})
        for name in cast("dict[str, Any]", error.instance):
            if name not in known:
                hint = did_you_mean(name, known) or f"; expected one of {', '.join(sorted(known))}"
                yield document.broken((*path, name), f"“{name}” is not known in {place}{hint}")
    else:
        if "propertyNames" in error.absolute_schema_path:
            path = (*path, str(error.instance))
        yield document.broken(path, f"{place}: expected {schema.get('description', error.message)}")
