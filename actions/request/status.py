"""What a question about the state of services and environments asks for."""

from __future__ import annotations

import re
from datetime import datetime, timezone

from actions.request.said import Missing, Said, about, complete, handed_over, only, require_known, zone_of
from assistant.contracts.causes import CauseRequest
from assistant.contracts.errors import Ambiguous, Invalid
from assistant.contracts.platform import Person
from assistant.contracts.status import StatusRequest
from assistant.language import moments
from assistant.language.causes import asks_why, blames
from assistant.language.changes import lags
from assistant.language.follow_up import ellipsis, points_back
from assistant.language.question import is_question

STATUS = ("service", "environment", "version", "team")
"""The entities that a question about a status is made of."""

_UNDER_WAY = re.compile(
    r"\b(?:deploying|waiting|being deployed|rolling out|in progress|under ?way|in flight"
    r"|(?:rollouts?|deployments?|deploys?)\b.*\b(?:running|going on|still going|current(?:ly)?|ongoing)"
    r"|(?:running|ongoing|current|active) (?:rollouts?|deploy(?:ment)?s?))\b",
    re.IGNORECASE,
)

# As a question of its own "how's it going" is a greeting; after an answer about a place it asks for that.
_HOW_GOES = re.compile(
    r"\W*(?:(?:so|and|ok|okay|hey)\W+)*how(?:'?s|’s| is| are) (?:it|that|this)"
    r" (?:going|doing|looking|coming along)\W*"
    r"|\W*(?:(?:so|and|ok|okay|but)\W+)*is (?:it|that|everything) (?:all )?(?:ok|okay|fine|up|good|healthy|back|better"
    r"|done|working|fixed|resolved|green|finished|through|over|out)(?: (?:now|again|yet|still|there))*\W*",
    re.IGNORECASE,
)

_HEALTH = re.compile(r"\b(?:ok|okay|fine|up|good|healthy|working)\b", re.IGNORECASE)
_WAS = re.compile(r"\bhow (?:was|were|did)\b", re.IGNORECASE)
_THEN = re.compile(r"\W*(?:and|what about|how about|but|then)\b", re.IGNORECASE)

_OF_STATE = ("ask_status", "ask_metric", "list_alerts", "ask_pipeline", "ask_incident_likelihood")
_OF_PAST = ("ask_history", "ask_changes", "find_runbook")
_UNCLEAR = (*_OF_PAST, "nlu_fallback", "out_of_scope", "inform", "ask_delivery_metrics", "give_feedback", "ask_audit")


def status_request(message: Said) -> StatusRequest:
    """The request for a status.

    Raises:
        NotFound, Ambiguous: a name in the message fits nothing, or several things.
        Missing: "it" stands for nothing that was spoken of.
    """
    require_known(message, STATUS)
    values = complete(message, "status", STATUS)
    under_way = "version" not in values and _UNDER_WAY.search(message.text) is not None and "service" not in values
    if not under_way and not any(values.values()) and points_back(message.text):
        raise Missing("environment", "Which environment shall I look at? A service's name is fine too.")
    versions = values.get("version", [])
    if len(versions) > 1:
        raise Ambiguous("version", " and ".join(versions), versions)
    named = {kind: tuple(values.get(kind, ())) for kind in STATUS}
    version = versions[0] if versions else None
    return StatusRequest(
        named["service"],
        named["environment"],
        version,
        named["team"],
        under_way,
        behind=lags(message.text) and not (named["service"] or version or under_way),
        without=message.without,
    )


def asks_health(message: Said) -> bool:
    """Whether it is asked how something is, not how far: "is it healthy?"."""
    return _HEALTH.search(message.text) is not None


def asks_progress(message: Said) -> bool:
    """Whether it is asked how what was spoken of is getting on, and nothing else: "how's it going", "is it done?"."""
    return _HOW_GOES.fullmatch(message.text) is not None


def asks_past(message: Said, speaker: Person | None) -> bool:
    """Whether it goes on with a state at a time that is over ("how about yesterday?", "how was prod on monday?")."""
    if message.values.get("version") or not (_WAS.search(message.text) or _THEN.match(message.text)):
        return False
    try:
        when = moments.spoken(message.text, datetime.now(timezone.utc), zone_of(speaker))
    except Invalid:
        return False
    return when is not None


def asks_cause(message: Said) -> bool:
    """Whether a message asks what made something slow, red or down, whatever intent the model sees in it."""
    if ellipsis(message.text) == "reason":
        return bool((about(message.subject, "status") or {}).get("service"))
    reads = message.intent in _OF_STATE or (message.intent in _UNCLEAR and is_question(message.text))
    if message.intent == "ask_pipeline":
        reads = bool(message.values.get("environment")) or blames(message.text)
    return reads and (blames(message.text) or (message.intent not in _OF_PAST and asks_why(message.text)))


def cause_request(message: Said) -> CauseRequest | None:
    """Of which service the cause of trouble is asked for; None for a whole environment, which has only a status.

    Raises NotFound, Ambiguous for a name that is not settled, or more than one service.
    """
    require_known(message, STATUS)
    named = {kind: message.values[kind] for kind in STATUS if message.values.get(kind)}
    values = complete(message, "status", STATUS)
    if not named.get("service") and (not named.get("environment") or points_back(message.text)):
        values = {**handed_over(message, ("service", "environment")), **values}
    service = only("service", values)
    if service is None:
        return None
    return CauseRequest(service, tuple(values.get("environment", ())), only("version", named))
