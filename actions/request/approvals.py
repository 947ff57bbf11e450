"""Which request a yes or a no of the second person is about."""

from __future__ import annotations

import re
from collections.abc import Sequence

from actions.request.said import Said
from assistant.contracts.change import ChangeRequest
from assistant.contracts.errors import Ambiguous
from assistant.contracts.notice import of_request

_BECAUSE = re.compile(r"(?:\bbecause\b|\bsince\b|\breason:?|[,:;–—-]\s(?!because|since|reason))\s*(.+)$", re.IGNORECASE)


def pair_of(text: str) -> tuple[int, int]:
    """Number and revision of a request, as a button carries them: ``57.2``."""
    number, _, revision = text.partition(".")
    return int(number), int(revision)


def pairs(message: Said) -> tuple[tuple[int, int], ...]:
    """Number and revision of what a button was about; none for words that were typed."""
    return tuple(pair_of(word) for text in message.values.get("shown", ()) for word in text.split())


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
    return reason_in(message.text)


def reason_in(text: str) -> str:
    """The same for a part of a message."""
    found = _BECAUSE.search(text)
    return found[1].strip(" .!") if found else ""


def _named(message: Said, one: ChangeRequest) -> bool:
    services, places = message.values.get("service"), message.values.get("environment")
    return (not services or one.wish.service in services) and (not places or one.wish.environment in places)
