"""One message with all that is needed to answer it, and the answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from actions.request import Said
from actions.request.change import Asked
from assistant.contracts.card import Card
from assistant.contracts.post import Answered
from assistant.operations.context import Context
from assistant.operations.people import colleague


@dataclass(frozen=True)
class Reply:
    """An answer, and what the conversation is about from now on (``subject``: None leaves it as it was).

    ``private`` are the resources that it was made from with more than a member's right. ``shows`` is the key of what
    the message goes on showing (``Notice.key``), ``see`` the key of what another message shows, for a channel that can
    link to it. ``change`` is the change that is open or was made last, ``done`` says
    that there is none any more, ``rerun`` is the build that was run again, ``followed`` are the requests (by number)
    and builds (by key) whose end the next answer tells. ``answered`` is False where nothing was understood, so that a
    program that asks can tell.
    """

    card: Card
    subject: Mapping[str, Any] | None = None
    question: Mapping[str, Any] | None = None
    private: tuple[str, ...] = ()
    shows: str = ""
    see: str = ""
    change: Asked | None = None
    done: bool = False
    rerun: Mapping[str, Any] | None = None
    followed: Sequence[int | str] | None = None
    answered: bool = True


@dataclass(frozen=True)
class Turn:
    """One message and what is needed to answer it; ``before`` is the answer that was given last.

    ``told`` are the keys of what this conversation has shown within the last ten minutes (``Reply.shows``).
    """

    said: Said
    context: Context
    conversation: str
    before: Answered | None = None
    told: frozenset[str] = frozenset()

    def colleague(self, login: str) -> str:
        """What colleagues are called, from a provider's login or a name of the catalogue; the login for a stranger."""
        return colleague(self.context, login)
