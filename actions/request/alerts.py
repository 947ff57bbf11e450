"""Which alerts, or whose runbook, a message asks for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timezone

from actions.request.people import with_people
from actions.request.said import Said, Values, handed_over, settled, spoken_of, zone_of
from assistant.contracts.alerts import AlertsRequest
from assistant.contracts.errors import Invalid
from assistant.contracts.platform import Person
from assistant.language import moments
from assistant.language.follow_up import ellipsis
from assistant.language.values import normalise

ALERTS = ("service", "environment", "team", "severity", "alert")
"""The entities that a question about alerts is made of."""


_OF_MINE = re.compile(
    r"\b(?:my|our)\s+(?:own\s+)?(?:teams?|squad|services?|alerts?|alarms?|pages)\b|\bfor us\b|\bof (?:ours|mine)\b",
    re.IGNORECASE,
)
_TEAM = re.compile(r"\b(?:teams?|squad|services?|alerts?|pages)\b", re.IGNORECASE)
_SILENCED = re.compile(r"\b(?:silenced?|silences|muted|snoozed)\b", re.IGNORECASE)
_BOTH = re.compile(
    r"\b(?:also|too|incl\w*|even|as well|unsilenced|unmuted)\b|\bnot (?:silenced|muted)\b", re.IGNORECASE
)
# "And the runbook?" is that of what was spoken of; other words look for one in the documents.
_AND_RUNBOOK = re.compile(
    r"\W*(?:(?:and|ok|so|is there|what(?:'?s|’s| is)|where(?:'?s|’s| is)|show(?: me)?|give me|link|any|please)\W+)*"
    r"(?:(?:a|the|its|to|that)\W+)*(?:runbook|playbook)(?: (?:for|to|of) (?:it|that|this))?"
    r"(?:\W+(?:please|pls|then))*\W*",
    re.IGNORECASE,
)


def alerts_request(message: Said, person: Person | None, known: Mapping[str, Person]) -> tuple[AlertsRequest, Values]:
    """Which alerts are meant, and the values for the conversation.

    Args:
        person: the asker, where known.
        known: the people of the catalogue.

    Raises:
        NotFound, Ambiguous: a name in doubt.
        Invalid: somebody who is not in the catalogue asks for their team's alerts.
    """
    message, colleagues = with_people(message, known)
    values = settled(message, "alerts", ALERTS) or spoken_of(message)
    if colleagues and _TEAM.search(message.text) and not values.get("team"):
        values = {**values, "team": [team for name in colleagues for team in known[name].teams]}
    if not values.get("team") and not values.get("service") and _OF_MINE.search(message.text):
        values = {**values, "team": _teams_of(person)}
    values = {**values, "severity": [normalise("severity", word) for word in values.get("severity", ())]}
    services, environments, teams, severities, alerts = (tuple(values.get(kind, ())) for kind in ALERTS)
    silenced = ellipsis(message.text) == "silence" or (
        bool(_SILENCED.search(message.text)) and not _BOTH.search(message.text)
    )
    past = _time_of(message.text, person)
    request = AlertsRequest(services, environments, teams, severities, alerts, silenced, message.bare, past)
    return request, {kind: names for kind, names in values.items() if names and kind in ALERTS}


def _time_of(text: str, person: Person | None) -> str | None:
    try:
        when = moments.spoken(text, datetime.now(timezone.utc), zone_of(person))
    except Invalid:  # "anything alerting tonight?" asks for what fires now
        return None
    return when.words if when else None


def wants_remedy(message: Said) -> bool:
    """Whether somebody who was shown alerts asks what to do about them, or anybody asks for a runbook."""
    return ellipsis(message.text) == "remedy" or asks_runbook(message.text)


def asks_runbook(text: str) -> bool:
    """Whether the word itself is said."""
    return re.search(r"\b(?:runbooks?|playbooks?)\b", text, re.IGNORECASE) is not None


def _teams_of(person: Person | None) -> list[str]:
    if person is None or not person.teams:
        known = "which person of the catalogue you are" if person is None else "of a team of yours"
        raise Invalid(f"I don't know {known}, so I can't tell which alerts are your team's. Please name the team.")
    return list(person.teams)


def runbook_request(message: Said) -> AlertsRequest | None:
    """What a runbook is wanted for: what is named, else the alerts just shown; None for neither."""
    values = settled(message, "alerts", ("service", "environment", "alert"))
    if not values.get("alert") and not values.get("service"):
        before = handed_over(message, ("service", "environment", "shown"))
        if shown := before.get("shown"):
            return AlertsRequest(alerts=tuple(shown))
        if not before.get("service") or not _AND_RUNBOOK.fullmatch(message.text):
            return None
        values = before
    return AlertsRequest(
        tuple(values.get("service", ())), tuple(values.get("environment", ())), alerts=tuple(values.get("alert", ()))
    )
