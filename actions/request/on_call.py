"""Whose turn to be on call a message asks for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timezone
from zoneinfo import ZoneInfo

from actions.request.people import with_people
from actions.request.said import Said, Values, settled, spoken_of
from assistant.contracts.on_call import OnCallRequest
from assistant.contracts.platform import Person
from assistant.language.duty import dated, duty_time, duty_words

ON_CALL = ("service", "team", "time")
"""The entities that a question about who is on call is made of."""

_MY_TURN = re.compile(
    r"\b(?:am|do|have|when|if|are) (?:i|we)\b|\bi(?:'m| am)\b|\bmy\b.*\b(?:shift|turn|duty|rotation)\b", re.IGNORECASE
)

_WHO = re.compile(r"\bwho(?:m|se|'s|s)?\b|\bwhich\b|\bperson\b|\bname\b|\bsomebody\b", re.IGNORECASE)

_WAS = re.compile(r"\b(?:was|were|had|did)\b", re.IGNORECASE)


def on_call_request(message: Said, person: Person | None, known: Mapping[str, Person]) -> tuple[OnCallRequest, Values]:
    """Whose turn is asked for, and the values for the conversation. Times are read in the asker's zone.

    Args:
        person: the asker, where known.
        known: the people of the catalogue.

    Raises:
        NotFound, Ambiguous: a name in doubt.
        Invalid: a first name that several people have.
    """
    message, named = with_people(message, known)
    values = settled(message, "on_call", ON_CALL) or spoken_of(message)
    if ahead := duty_words(message.text):
        values = {**values, "time": [ahead]}
    zone = ZoneInfo(person.timezone) if person else timezone.utc
    words = next(iter(values.get("time", ())), None)
    when = duty_time(words, datetime.now(timezone.utc), zone, bool(_WAS.search(message.text))) if words else None
    who = _WHO.search(message.text)
    theirs = () if who or values.get("service") or values.get("team") else named
    return OnCallRequest(
        tuple(values.get("service", ())),
        tuple(values.get("team", ())),
        dated(when, zone) if when else None,
        mine=bool(_MY_TURN.search(message.text)) and not who and not values.get("service"),
        person=theirs[0] if len(theirs) == 1 else None,
        unclear=words if words and when is None else None,
    ), {kind: names for kind, names in values.items() if kind in ON_CALL}
