"""What a message wants compared."""

from __future__ import annotations

import re
from datetime import datetime, timezone

from actions.request.said import Missing, Said, Values, about, handed_over, settled, zone_of
from assistant.contracts.changes import ChangesRequest, End
from assistant.contracts.errors import Invalid
from assistant.contracts.platform import Person
from assistant.language import changes as asked
from assistant.language import moments
from assistant.language.follow_up import ellipsis, points_back
from assistant.language.values import normalise

_PULL_REQUEST = re.compile(
    r"\b(?:prs?|mrs?|(?:pull|merge)[- ]requests?)\W{0,2}#?\d+\b"
    r"|\b(?:where is|(?:which|what) (?:version|release|build)s? (?:has|have|contains?|includes?|got)"
    r"|(?:is|was|did|has)) #\d+\b",
    re.IGNORECASE,
)

_MINE = re.compile(
    r"\b(?:commits?|changes?|merges?|fix(?:es)?|work|prs?) of mine\b"
    r"|\bmy (?:\w+ )?(?:commits?|changes?|merges?|fix(?:es)?|work)\b"
    r"|\bi(?:'ve| have)? (?:wrote|written|merged|committed)\b",
    re.IGNORECASE,
)

CHANGES = ("service", "environment", "version")
"""The entities that a question about changes is made of."""


def asks_pull_request(text: str) -> bool:
    """Whether it is asked for a pull request by its number: "where is #144?", "is PR 214 deployed?"."""
    return _PULL_REQUEST.search(text) is not None


def author_of(message: Said, speaker: Person | None) -> str | None:
    """Whose commits alone are asked for: the speaker's, in this message or the question that it answers.

    Raises Invalid when they are the speaker's, who is not in the catalogue.
    """
    before = any((about(slot, "changes") or {}).get("author") for slot in (message.question, message.subject))
    goes_on = message.follow_up or message.intent == "inform"
    if not _MINE.search(message.text) and not (before and goes_on):
        return None
    if speaker is None:
        raise Invalid("I don't know who you are in the catalogue, so I can't tell which commits are yours.")
    return speaker.name


def changes_request(message: Said, speaker: Person | None) -> tuple[ChangesRequest, Values]:
    """What is to be compared, and its values for a follow-up.

    Raises:
        NotFound, Ambiguous: a name fits nothing, or several things.
        Missing: no service is named, nor two environments.
        Invalid: a time that is none or lies in the future, or more than two things to compare.
    """
    spans = [one for one in message.mentions if one.kind in ("environment", "version") and one.values]
    when = None if spans else moments.spoken(message.text, datetime.now(timezone.utc), zone_of(speaker))
    values = _completed(message, settled(message, "changes", CHANGES), when.words if when else None)
    if not values.get("service") and (len(values.get("environment", ())) < 2 or points_back(message.text)):
        values = {**handed_over(message, ("service",)), **values}
    said = [normalise(one.kind, one.values[0]) if one.kind == "version" else one.values[0] for one in spans]
    ends = [End(name, one.kind == "environment") for name, one in zip(said, spans, strict=True)]
    ends = ends or [
        End(name, kind == "environment") for kind in ("environment", "version") for name in values.get(kind, ())
    ]
    ends = list(dict.fromkeys(ends))
    if len(ends) > 2:
        raise Invalid("I can compare two versions or environments at a time. Which two?")
    if not values.get("service") and sum(end.is_environment for end in ends) < 2:
        raise Missing("service", "Of which service?")
    first = None
    if len(spans) == 2 == len(ends):
        first = asked.older_first(message.text, *((one.start, one.end) for one in spans))
    sort, author = values.get("sort", []), author_of(message, speaker)
    for words in values.get("time", ()):
        when = when or moments.interval(words, datetime.now(timezone.utc), zone_of(speaker))
    return ChangesRequest(
        services=tuple(values.get("service", ())),
        ends=tuple(ends if first is not False else ends[::-1]),
        ordered=first is not None,
        unreleased="unreleased" in sort,
        behind="behind" in sort,
        migrations=asked.migrations(message.text),
        interval=when if not ends else None,
        author=author,
    ), {**values, "author": [author] if author else []}


def _completed(message: Said, values: Values, time: str | None) -> Values:
    """The values with what the words of this question, or of the one that it goes on with, want to know of them."""
    if ellipsis(message.text) and (shown := handed_over(message, ("shown",))):
        service, version = shown["shown"]  # of the only deployment that was shown
        return {"service": [service], "version": [version]}
    sort = [word for word, asks in (("unreleased", asked.unreleased), ("behind", asked.behind)) if asks(message.text)]
    if sort:
        values["sort"] = sort
    return {**values, "time": [time]} if time else values
