"""Which past deployments a message asks for."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timezone, tzinfo

from actions.request.said import Said, Values, handed_over, settled, zone_of
from assistant.catalogue import Catalogue
from assistant.contracts.history import HistoryRequest
from assistant.contracts.interval import BEGINNING, Interval
from assistant.contracts.platform import Person
from assistant.language import history as wanted
from assistant.language import moments
from assistant.language.follow_up import ellipsis, points_back
from assistant.language.people import people

HISTORY = ("service", "environment", "version", "team", "person", "time")
"""What a question about past deployments is made of; people and times are read from the text."""


_PRESENT = re.compile(r"\b(?:now|currently|at the moment)\b", re.IGNORECASE)
_RIGHT_BEFORE = re.compile(
    r"\b(?:right|just|shortly|immediately|directly)? ?before(?: (?:that|it|then|this))?\W*$", re.I
)

_COUNTS = {"failed": HistoryRequest.count, "everything": HistoryRequest.count, "culprit": 1, "doer": 1}
"""How many follow-ups ask for that speak of one or of several, whatever was asked for before."""

_SORTS = (
    ("failed", wanted.failed),
    ("succeeded", wanted.succeeded),
    ("back", wanted.back),
    ("standing", wanted.standing),
)


def history_request(message: Said, catalogue: Catalogue, speaker: Person | None) -> tuple[HistoryRequest, Values]:
    """The past deployments that are asked for, and their values for a follow-up ("and in staging?").

    Raises:
        NotFound, Ambiguous: a name fits nothing, or several things.
        Invalid: a time that is none or lies in the future, a first name that several people have.
    """
    text, now, zone = message.text, datetime.now(timezone.utc), zone_of(speaker)
    when = moments.spoken(text, now, zone)
    named = people(text, catalogue.people, speaker, [mention.text for mention in message.mentions])
    read = {**message.values, "person": named, "time": [when.words] if when else []}
    values, count = _values(replace(message, values=read), read)
    when = when or _earlier(values, now, zone)
    standing = when is not None and "standing" in values["sort"]
    if when and standing:
        when = replace(when, start=BEGINNING)
    lists = {kind: tuple(values.get(kind, ())) for kind in HISTORY}
    request = HistoryRequest(
        services=lists["service"],
        environments=lists["environment"],
        teams=lists["team"],
        version=next(iter(lists["version"]), None),
        people=lists["person"],
        interval=when,
        failed="failed" in values["sort"],
        succeeded="succeeded" in values["sort"] and "failed" not in values["sort"],
        back="back" in values["sort"],
        standing=standing,
        count=count or HistoryRequest.count,
    )
    return request, {**values, "count": [str(request.count)]}


def _values(message: Said, mine: Values) -> tuple[Values, int | None]:
    """What is asked for, completed from the answer before, with its sort; and how many, None where nothing says it."""
    text, values = message.text, settled(message, "history", HISTORY)
    count = wanted.count(text) or _COUNTS.get(ellipsis(text) or "")
    count = count or next((int(number) for number in values.get("count", ())), None)
    if not values and (count == 1 or points_back(text) or _RIGHT_BEFORE.search(text)):
        values = handed_over(message, ("service", "environment"))
    elif points_back(text) and not mine.get("environment") and not mine.get("service"):
        # "Is search ok in prod?", "who deployed it last": it is the one there.
        values = {**_only_place(message), **values}
    sort = [word for word, asks in _SORTS if asks(text)]
    return _gone_on({**values, "sort": sort or values.get("sort", [])}, text, mine), count


def _only_place(message: Said) -> Values:
    """The environment of the answer before, when that was about a single service in a single place."""
    before = handed_over(message, ("service", "environment"))
    return {"environment": before["environment"]} if [len(names) for names in before.values()] == [1, 1] else {}


def _gone_on(values: Values, text: str, mine: Values) -> Values:
    """The values of the answer before, without those that a follow-up does away with ("everything", "and before?")."""
    kind, gone = ellipsis(text), {"until", "oldest", "shown"}
    if wanted.everything(text):
        gone |= {name for name in ("service", "team", "version") if not mine.get(name)}
    kept = {name: names for name, names in values.items() if name not in gone}
    if kind == "everything":
        return {**kept, "sort": []}
    if kind == "earlier" and values.get("oldest"):
        return {**kept, "time": [], "until": values["oldest"]}
    if kind in ("failed", "culprit"):
        kept["sort"] = ["failed"]
    if _PRESENT.search(text) and not mine["time"]:
        return {**kept, "time": []}
    if mine["time"] or "until" not in values:
        return kept
    return {**kept, "until": values["until"]}


def _earlier(values: Values, now: datetime, zone: tzinfo) -> Interval | None:
    """The time of the question before, when this one has none."""
    for moment in values.get("until", ()):
        return Interval(BEGINNING, datetime.fromisoformat(moment), "before that")
    return next((moments.interval(words, now, zone) for words in values.get("time", ())), None)
