"""Which past deployments a message asks for."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone

from actions.request.said import POINTING, Said, Values, handed_over, settled, zone_of
from assistant.catalogue import Catalogue
from assistant.contracts.history import HistoryRequest
from assistant.contracts.interval import BEGINNING
from assistant.contracts.platform import Person
from assistant.language import history as wanted
from assistant.language import moments
from assistant.language.people import people

HISTORY = ("service", "environment", "version", "team", "person", "time")
"""What a question about past deployments is made of; people and times are read from the text."""


def history_request(message: Said, catalogue: Catalogue, speaker: Person | None) -> tuple[HistoryRequest, Values]:
    """The past deployments that are asked for, and their values for a follow-up ("and in staging?").

    Raises:
        NotFound, Ambiguous: a name fits nothing, or several things.
        Invalid: a time that is none or lies in the future, a first name that several people have.
    """
    text, now = message.text, datetime.now(timezone.utc)
    zone = zone_of(speaker)
    when = moments.spoken(text, now, zone)
    named = people(text, catalogue.people, speaker, [mention.text for mention in message.mentions])
    read = {**message.values, "person": named, "time": [when.words] if when else []}
    values = settled(replace(message, values=read), "history", HISTORY)
    count = wanted.count(text) or next((int(number) for number in values.get("count", ())), None)
    if not values and (count == 1 or POINTING.search(text)):
        values = handed_over(message, ("service", "environment"))
    when = when or next((moments.interval(words, now, zone) for words in values.get("time", ())), None)
    sort = [word for word, asks in (("failed", wanted.failed), ("standing", wanted.standing)) if asks(text)]
    values["sort"] = sort or values.get("sort", [])
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
        standing=standing,
        count=count or HistoryRequest.count,
    )
    return request, {**values, "count": [str(request.count)]}
