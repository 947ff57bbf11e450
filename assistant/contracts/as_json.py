"""Frozen dataclasses as JSON and back, by their annotations: whatever is kept as a document goes through here."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import lru_cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")

_hints = lru_cache(maxsize=256)(get_type_hints)


def to_json(value: object) -> Any:
    """A dataclass of texts, numbers, times, enumerations, tuples, mappings and further dataclasses as JSON's kinds."""
    if is_dataclass(value):
        return {field.name: to_json(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {key: to_json(each) for key, each in value.items()}
    if isinstance(value, tuple | list):
        return [to_json(each) for each in value]
    return value


def from_json(kind: type[T], body: object) -> T:
    """What :func:`to_json` made of a ``kind``; fields that came later have their default.

    Raises ValueError when it does not fit any more, as after an update that changed the dataclass.
    """
    try:
        value: T = _read(kind, body)
    except (TypeError, KeyError, AttributeError, StopIteration) as error:
        raise ValueError(f"this is no {kind.__name__} any more: {error}") from error
    return value


def _fitting(kinds: list[Any], body: Any) -> Any:
    """Which of several kinds a body is: the dataclass with its fields, or what is no dataclass."""
    names = set(body) if isinstance(body, Mapping) else None
    for kind in kinds:
        if names == ({field.name for field in fields(kind)} if is_dataclass(kind) else None):
            return kind
    return kinds[0]


def _read(kind: Any, body: Any) -> Any:
    if body is None:
        return None
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return _read(_fitting([each for each in arguments if each is not type(None)], body), body)
    if origin is tuple:
        return tuple(_read(arguments[0], each) for each in body)
    if origin is not None and issubclass(origin, Mapping):
        return {key: _read(arguments[1], each) for key, each in body.items()}
    if is_dataclass(kind):
        make: Any = kind
        hints = _hints(make)
        return make(**{name: _read(hints[name], body[name]) for name in hints if name in body})
    if kind is datetime:
        return datetime.fromisoformat(body)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(body)
    return body
