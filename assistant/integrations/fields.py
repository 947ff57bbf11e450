"""Reading an answer's JSON without trusting it: a field of the wrong kind is a BadAnswer, never a KeyError."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any, TypeVar

from assistant.contracts.errors import BadAnswer

T = TypeVar("T")

_FRACTION = re.compile(r"\.\d+")  # Python 3.10 reads three or six digits only


class Fields:
    """One JSON object of an answer.

    ``maybe_*`` give None for what is absent or null; the others insist. Any other kind of value raises BadAnswer.

    Args:
        provider: its name in the catalogue, for the error.
        what: what the object describes ("a deployment"), for the error.
        value: the parsed JSON.
    """

    def __init__(self, provider: str, what: str, value: object) -> None:
        if not isinstance(value, Mapping):
            raise BadAnswer(
                provider, f"sent {what} that makes no sense", f"{type(value).__name__} instead of an object"
            )
        self._provider, self._what = provider, what
        self._value: Mapping[str, Any] = value

    def maybe_text(self, name: str) -> str | None:
        """A text; an empty one counts as absent."""
        return self._maybe(name, str) or None

    def text(self, name: str) -> str:
        """A text that is there and not empty."""
        return self._sure(name, self.maybe_text(name))

    def number(self, name: str) -> int:
        """A whole number."""
        value = self._sure(name, self._maybe(name, int))
        if isinstance(value, bool):
            raise self._bad(name)
        return value

    def maybe_time(self, name: str) -> datetime | None:
        """An ISO 8601 time with its zone, in UTC, to the second."""
        value = self.maybe_text(name)
        if value is None:
            return None
        try:
            moment = datetime.fromisoformat(_FRACTION.sub("", value).replace("Z", "+00:00"))
            if moment.tzinfo is not None:
                return moment.astimezone(timezone.utc)
        except (ValueError, OverflowError):
            pass
        raise self._bad(name)

    def time(self, name: str) -> datetime:
        """A time that is there."""
        return self._sure(name, self.maybe_time(name))

    def maybe_millis(self, name: str) -> datetime | None:
        """A moment in milliseconds since 1970, in UTC."""
        value = self._maybe(name, int)
        if value is None or isinstance(value, bool):
            return None
        try:
            return datetime.fromtimestamp(value / 1000, timezone.utc)
        except (ValueError, OverflowError, OSError):
            raise self._bad(name) from None

    def millis(self, name: str) -> datetime:
        """A moment in milliseconds that is there."""
        return self._sure(name, self.maybe_millis(name))

    def maybe_child(self, name: str) -> Fields | None:
        """An object inside this one."""
        value = self._maybe(name, dict)
        return None if value is None else Fields(self._provider, self._what, value)

    def each(self, name: str) -> list[Fields]:
        """A list of objects; absent or null is an empty one."""
        return [Fields(self._provider, self._what, value) for value in self._maybe(name, list) or ()]

    def items(self, name: str) -> list[Fields]:
        """The objects of a list in which anything else may stand too; that is passed over."""
        listed_there = self._maybe(name, list) or ()
        return [Fields(self._provider, self._what, value) for value in listed_there if isinstance(value, Mapping)]

    def texts(self, name: str) -> list[str]:
        """The texts of a list in which anything else may stand too."""
        return [value for value in self._maybe(name, list) or () if isinstance(value, str)]

    def pairs(self, name: str) -> dict[str, str]:
        """An object of texts that is there, such as labels; empty texts are left out."""
        child = self._sure(name, self.maybe_child(name))
        return {key: text for key in child._value if (text := child.maybe_text(key))}

    def raw(self, name: str) -> object:
        """Whatever is there, for a field that has no fixed kind."""
        return self._value.get(name)

    def _maybe(self, name: str, kind: type[T]) -> T | None:
        value = self._value.get(name)
        if value is None:
            return None
        if not isinstance(value, kind):
            raise self._bad(name)
        return value

    def _sure(self, name: str, value: T | None) -> T:
        if value is None:
            raise self._bad(name)
        return value

    def _bad(self, name: str) -> BadAnswer:
        return BadAnswer(self._provider, f"sent {self._what} that makes no sense", f"field {name}")


def web_address(text: str | None) -> str | None:
    """An http(s) address as it is; None for anything else, so that a text of others is never another kind of link."""
    return text if text and re.fullmatch(r"https?://\S+", text) else None


def listed(provider: str, what: str, value: object) -> list[Fields]:
    """The objects of an answer that is a JSON list."""
    if not isinstance(value, list):
        raise BadAnswer(provider, f"sent {what} that makes no sense", f"{type(value).__name__} instead of a list")
    return [Fields(provider, what, entry) for entry in value]
