"""The client of the local console: what `make chat` and `make ask` show."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

import click
import requests

from assistant.catalogue.platform import unknown
from assistant.contracts.errors import Unavailable
from assistant.processes import Running

ANSWER_SECONDS = 30.0
_AS = "/as"
_ONESELF = "me"
_WAYS_OUT = ("exit", "quit", "/exit", "/quit", "/stop")


@dataclass(frozen=True)
class Message:
    """One message of the assistant, with the titles of its buttons; they are numbered from ``first`` on.

    ``answered`` is False where it asks back, was not understood or could not be looked up.
    """

    text: str
    buttons: tuple[str, ...] = ()
    first: int = 1
    answered: bool = True

    def shown(self) -> str:
        """As it appears in a terminal; a button is chosen by its number or by typing its title."""
        return "\n".join(
            [self.text, *(f"  {number}) {title}" for number, title in enumerate(self.buttons, self.first))]
        )


class Console:
    """A conversation with a running assistant, apart from every other one."""

    def __init__(self, running: Running) -> None:
        self._url = f"{running.url}/webhook"
        self._headers = {"X-Console-Secret": running.secret, "X-Console-Conversation": secrets.token_hex(6)}
        self._buttons: tuple[str, ...] = ()

    def speak_as(self, person: str | None) -> None:
        """Speak as another person of the catalogue from now on (believed only while everything asked is the sandbox),
        or as oneself again.
        """
        self._headers.pop("X-Console-Person", None)
        if person:
            self._headers["X-Console-Person"] = person

    def say(self, typed: str) -> list[Message]:
        """Send what was typed (a number chooses a button) and return the answer. Raises Unavailable."""
        chosen = int(typed) - 1 if typed.strip().isdigit() and len(typed.strip()) < 3 else -1
        body: dict[str, object] = {"button": chosen} if 0 <= chosen < len(self._buttons) else {"message": typed}
        try:
            answer = requests.post(self._url, json=body, headers=self._headers, timeout=ANSWER_SECONDS)
            answer.raise_for_status()
            messages = _numbered(answer.json())
        except (requests.RequestException, ValueError, TypeError, KeyError) as error:
            raise Unavailable(
                "The assistant", f"does not answer here ({type(error).__name__}); start it again"
            ) from error
        self._buttons = tuple(title for message in messages for title in message.buttons)
        return messages


def converse(console: Console, lines: Iterable[str], interactive: bool, people: Collection[str]) -> None:
    """Answer line by line until the input ends or the person leaves; piped lines are shown too.

    Args:
        people: as whom one may speak (``/as``): those of the catalogue in the sandbox, nobody elsewhere.
    """
    for line in _prompted() if interactive else lines:
        if line.strip().lower() in _WAYS_OUT:
            return
        if not interactive:
            click.echo(f"> {line.rstrip()}")
        if line.split()[:1] == [_AS]:
            click.echo(_as(console, line.strip().removeprefix(_AS).strip(), people) + "\n")
            continue
        for message in console.say(line.rstrip("\n")):
            click.echo(message.shown() + "\n")


def _as(console: Console, person: str, people: Collection[str]) -> str:
    """Change who speaks, if that is somebody; what to tell of it."""
    if not people:
        return "“/as” works in the sandbox alone. Nothing was changed."
    if person == _ONESELF:
        console.speak_as(None)
        return "You speak as yourself again."
    if person not in people:
        nobody = unknown("person", person, sorted(people))
        return f"{nobody[0].upper()}{nobody[1:]}. You speak as before; “/as me” makes you yourself."
    console.speak_as(person)
    return f"You speak as {person} now; “/as me” makes you yourself again."


def _prompted() -> Iterable[str]:
    while True:
        try:
            yield input("> ")
        except (EOFError, KeyboardInterrupt):
            click.echo()
            return


def _numbered(bodies: Iterable[dict[str, object]]) -> list[Message]:
    """The messages of one answer; their buttons are numbered through, so that each number means one thing."""
    messages: list[Message] = []
    for body in bodies:
        if "custom" in body and messages:  # it follows the text that it is about
            messages[-1] = replace(messages[-1], answered=body["custom"] != {"answered": False})
            continue
        buttons = body.get("buttons") or []
        assert isinstance(buttons, list)  # noqa: S101 - Rasa's form of an answer
        titles = tuple(str(button["title"]) for button in buttons)
        first = 1 + sum(len(message.buttons) for message in messages)
        messages.append(Message(str(body.get("text") or ""), titles, first))
    return messages
