"""A call of GitHub's REST API, and what may come of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from sandbox.shapes import Json, Scene


class Problem(Exception):
    """An answer that is an error: its HTTP status and its message."""

    def __init__(self, status: int, message: str) -> None:
        self.status, self.message = status, message
        super().__init__(message)


class Missing(Problem):
    """There is no such thing."""

    def __init__(self) -> None:
        super().__init__(404, "Not Found")


class Elsewhere(Exception):
    """An answer that is at another address."""

    def __init__(self, url: str) -> None:
        self.url = url
        super().__init__(url)


@dataclass(frozen=True)
class Call:
    """A request: what it looks at, its address without the query, the query and the body as it came."""

    scene: Scene
    url: str
    query: Mapping[str, str]
    text: str = ""

    @cached_property
    def body(self) -> Json:
        """The JSON object that came along, empty without one. Raises Problem."""
        try:
            found = json.loads(self.text or "{}")
        except ValueError:
            raise Problem(400, "Problems parsing JSON") from None
        return found if isinstance(found, dict) else {}

    def asks_for(self, **values: str) -> bool:
        """Whether a thing with these values is among what the query asks for."""
        return all(self.query.get(name, value) == value for name, value in values.items())

    def whole(self, name: str, otherwise: int) -> int:
        """A number above 0 of the query; GitHub takes its usual one instead of nonsense."""
        text = self.query.get(name, "")
        return int(text) if text.isdigit() and int(text) > 0 else otherwise


@dataclass(frozen=True)
class Page:
    """A list that is cut into pages; ``key`` names it inside of an object with ``total_count``."""

    items: list[Any]
    show: Callable[[Any], Any]
    key: str | None = None

    def cut(self, call: Call) -> tuple[Json | list[Json], dict[str, str]]:
        """The page that is asked for, and the header with the way to the others.

        https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api
        """
        size, number = min(call.whole("per_page", 30), 100), call.whole("page", 1)
        last = max((len(self.items) + size - 1) // size, 1)
        before = {"prev": number - 1} if number > 1 else {}
        after = {"next": number + 1, "last": last} if number < last else {}
        targets = before | after | ({"first": 1} if before else {})
        links = [f'<{call.url}?{urlencode({**call.query, "page": at})}>; rel="{rel}"' for rel, at in targets.items()]
        shown = [self.show(item) for item in self.items[size * (number - 1) : size * number]]
        body = {"total_count": len(self.items), self.key: shown} if self.key else shown
        return body, {"Link": ", ".join(links)} if links else {}


@dataclass(frozen=True)
class Done:
    """An answer to what changes something, when its status is not the usual one."""

    status: int
    body: Json


Answer = Json | list[Json] | Page | Done
Handler = Callable[..., Answer]
Things = Callable[[Scene, str], list[Any]]
Shape = Callable[[Scene, Any], Any]


def single(things: Things, shape: Shape) -> Handler:
    """What answers with the one that has a number."""
    return lambda call, repo, number: shape(call.scene, numbered(things(call.scene, repo), number))


def numbered(things: list[Any], number: str) -> Any:
    """The one with this number. Raises Problem."""
    for thing in things:
        if thing.id == int(number):
            return thing
    raise Missing
