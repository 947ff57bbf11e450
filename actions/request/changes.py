"""What a message wants compared."""

from __future__ import annotations

from datetime import datetime, timezone

from actions.request.said import POINTING, Missing, Said, Values, handed_over, settled, zone_of
from assistant.contracts.changes import ChangesRequest, End
from assistant.contracts.errors import Invalid
from assistant.contracts.platform import Person
from assistant.language import changes as asked
from assistant.language import moments
from assistant.language.values import normalise

CHANGES = ("service", "environment", "version")
"""The entities that a question about changes is made of."""


def changes_request(message: Said, speaker: Person | None) -> tuple[ChangesRequest, Values]:
    """What is to be compared, and its values for a follow-up.

    Raises:
        NotFound, Ambiguous: a name fits nothing, or several things.
        Missing: no service is named, nor two environments.
        Invalid: a time that is none or lies in the future, or more than two things to compare.
    """
    values = settled(message, "changes", CHANGES)
    if "service" not in values and (len(values.get("environment", ())) < 2 or POINTING.search(message.text)):
        values = {**handed_over(message, ("service",)), **values}
    spans = [one for one in message.mentions if one.kind in ("environment", "version") and one.values]
    said = [normalise(one.kind, one.values[0]) if one.kind == "version" else one.values[0] for one in spans]
    ends = [End(name, one.kind == "environment") for name, one in zip(said, spans, strict=True)]
    ends = ends or [
        End(name, kind == "environment") for kind in ("environment", "version") for name in values.get(kind, ())
    ]
    ends = list(dict.fromkeys(ends))
    if len(ends) > 2:
        raise Invalid("I can compare two versions or environments at a time. Which two?")
    if "service" not in values and sum(end.is_environment for end in ends) < 2:
        raise Missing("service", "Of which service?")
    first = None
    if len(spans) == 2 == len(ends):
        first = asked.older_first(message.text, *((one.start, one.end) for one in spans))
    now = datetime.now(timezone.utc)
    return ChangesRequest(
        services=tuple(values.get("service", ())),
        ends=tuple(ends if first is not False else ends[::-1]),
        ordered=first is not None,
        unreleased=asked.unreleased(message.text),
        behind=asked.behind(message.text),
        interval=moments.spoken(message.text, now, zone_of(speaker)) if not ends else None,
    ), values
