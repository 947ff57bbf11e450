"""Which request a yes or a no of the second person is about."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from actions.request.said import Said, about
from assistant.contracts.change import ChangeRequest
from assistant.contracts.errors import Ambiguous
from assistant.contracts.notice import of_request

_RUN = re.compile(
    r"/actions/runs/(\d+)|/job/\S+?/(\d+)/?(?:\s|$)|\b(?:run|build)\W{0,2}#?(\d+)|^\W*#?(\d+)\W*$", re.IGNORECASE
)
_NEVER = re.compile(r"\bnever\b|n[o'’]?t\b", re.IGNORECASE)
_BECAUSE = re.compile(r"(?:\bbecause\b|\bsince\b|\breason:?|[,:;–—-]\s(?!because|since|reason))\s*(.+)$", re.IGNORECASE)


@dataclass(frozen=True)
class Finding:
    """What a person found out about an uncertain request.

    Attributes:
        shown: number and revision of it, None when neither a button nor the open question says.
        run: the run that it is, as a link or its number names it; None when it never started.
        reason: how they know.
        asks: what is still to be asked for (``never``: how they know; ``found``: which run), with its ``question``.
    """

    shown: tuple[int, int] | None
    run: str | None = None
    reason: str = ""
    asks: str = ""

    @property
    def question(self) -> str:
        """The question for what is missing."""
        if self.asks == "found":
            return "Which run is it? Paste its link, or say “run” and its number."
        return "How do you know that it never started? It stays in the audit log."


def finding(message: Said) -> Finding:
    """What is said of an uncertain request by a button, in words, or as the answer to the question that is open."""
    open_question = about(message.question, "approvals") or {}
    asks = (open_question.get("asks") or [""])[0]
    kind, _, pair = (message.values.get("shown") or [""])[0].partition(" ")
    if pair:
        return Finding(_pair(pair), asks=kind)
    shown = _pair(open_question["shown"][0]) if asks else None
    if asks == "never":
        return Finding(shown, reason=message.text.strip())
    if found := _RUN.search(message.text):
        return Finding(shown, run=next(filter(None, found.groups())), reason=message.text.strip())
    if _NEVER.search(message.text) and not asks:
        reason = reason_of(message)
        return Finding(shown, reason=reason, asks="" if reason else "never")
    return Finding(shown, asks="found")


def _pair(text: str) -> tuple[int, int]:
    number, _, revision = text.partition(".")
    return int(number), int(revision)


def pairs(message: Said) -> tuple[tuple[int, int], ...]:
    """Number and revision of what a button was about; none for words that were typed."""
    return tuple(_pair(word) for text in message.values.get("shown", ()) for word in text.split())


def shows_of(requests: Sequence[ChangeRequest]) -> str:
    """The key by which the message about a request is kept current; none for several in one message."""
    return of_request(requests[0].number) if len(requests) == 1 else ""


def number_of(message: Said) -> int | None:
    """The number of the request that is named. Raises Ambiguous for several."""
    named = (run.rpartition(" ")[2] for run in message.values.get("run", ()))
    runs = [run for run in named if run.isdecimal()]
    if len(runs) > 1:
        raise Ambiguous("request", " and ".join(runs), runs)
    return int(runs[0]) if runs else None


def meant(message: Said, candidates: Sequence[ChangeRequest]) -> tuple[int, int] | None:
    """The request that is meant, with the revision it was shown under: clicked, named, or the only one that fits.

    None when the words leave it open. A number that is not among ``candidates`` comes with the revision 0, which
    nothing has: whoever carries it out says why it can't be.
    """
    if shown := pairs(message):
        return shown[0]
    number = number_of(message)
    fitting = [one for one in candidates if number in (None, one.number) and _named(message, one)]
    if len(fitting) == 1:
        return fitting[0].number, fitting[0].revision
    return (number, 0) if number is not None else None


def reason_of(message: Said) -> str:
    """Why, in the words after "because", a comma or a dash; empty when nothing is said."""
    found = _BECAUSE.search(message.text)
    return found[1].strip(" .!") if found else ""


def _named(message: Said, one: ChangeRequest) -> bool:
    services, places = message.values.get("service"), message.values.get("environment")
    return (not services or one.wish.service in services) and (not places or one.wish.environment in places)
