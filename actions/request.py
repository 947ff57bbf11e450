"""The one place where a message becomes a request.

A request for reading may be completed from the conversation: by the answer to a question that was asked, or by a
follow-up ("and prod?") that changes a value of the request before. A request that changes something never is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from assistant.catalogue import Catalogue
from assistant.contracts.access import AccessRequest
from assistant.contracts.alerts import AlertsRequest
from assistant.contracts.changes import ChangesRequest, End
from assistant.contracts.docs import DocsRequest
from assistant.contracts.errors import Ambiguous, AssistantError, Invalid, NotFound
from assistant.contracts.history import HistoryRequest
from assistant.contracts.interval import BEGINNING
from assistant.contracts.metrics import MetricsRequest
from assistant.contracts.on_call import OnCallRequest
from assistant.contracts.owners import OwnersRequest
from assistant.contracts.pipelines import LogRequest, PipelineRequest
from assistant.contracts.platform import Person
from assistant.contracts.status import StatusRequest
from assistant.language import changes as asked
from assistant.language import history as wanted
from assistant.language import moments
from assistant.language.duty import duty_time
from assistant.language.follow_up import is_follow_up
from assistant.language.mention import Mention
from assistant.language.names import Names
from assistant.language.people import people
from assistant.language.question import terms
from assistant.language.reading import mentions
from assistant.language.values import normalise

SUBJECT = "subject"
"""The slot with what the conversation is about: ``{"capability": "status", "values": {"service": [...], ...}}``."""
QUESTION = "question"
"""The slot with the question that is open: like SUBJECT, with the values known so far."""

DOCS = ("service", "environment")
"""The entities that a question to the documents may name."""
HISTORY = ("service", "environment", "version", "team", "person", "time")
"""What a question about past deployments is made of; people and times are read from the text."""
CHANGES = ("service", "environment", "version")
"""The entities that a question about changes is made of."""
OWNERS = ("service", "team")
"""The entities that a question about owners is made of."""

STATUS = ("service", "environment", "version", "team")
"""The entities that a question about a status is made of."""

PIPELINES = ("service", "team", "version", "run")
"""The entities that a question about builds is made of; a version may be a branch or a commit."""
LOGS = ("service", "environment", "run", "version")
"""The entities that a question for a log is made of."""

ALERTS = ("service", "environment", "team", "severity", "alert")
"""The entities that a question about alerts is made of."""
METRICS = ("service", "environment", "team", "metric")
"""The entities that a question about metrics is made of."""
ON_CALL = ("service", "team", "time")
"""The entities that a question about who is on call is made of."""

_MY_TURN = re.compile(
    r"\b(?:am|do|have|when|if|are) (?:i|we)\b|\bi(?:'m| am)\b|\bmy\b.*\b(?:shift|turn|duty|rotation)\b", re.IGNORECASE
)
_WHO = re.compile(r"\bwho(?:m|se|'s|s)?\b|\bwhich\b|\bperson\b|\bname\b|\bsomebody\b", re.IGNORECASE)
_WAS = re.compile(r"\b(?:was|were|had|did)\b", re.IGNORECASE)

_RECURRENCE = re.compile(r"\bflak|\breal\b|\bhow often\b|\bevery time\b|\bintermittent|\bknown to fail", re.IGNORECASE)
_SEVERAL = re.compile(
    r"\b(?:builds|pipelines|repos|services|anything|everything|all|any|every|what'?s)\b", re.IGNORECASE
)
_DEPLOYING = re.compile(
    r"\b(?:re)?deploy\w*|\broll-?outs?\b|\broll(?:ed)?[ -]?backs?\b|\breleases?\b(?!/)", re.IGNORECASE
)
_FAILED = re.compile(
    r"\b(?:fail\w*|red|br[eo]ke\w*|crash\w*|abort\w*|error|stack ?trace|exception|wrong)\b", re.IGNORECASE
)

_UNDER_WAY = re.compile(
    r"\b(?:deploying|being deployed|rolling out|in progress|under ?way|in flight|(?:rollouts?|deployments?|deploys?)\b.*\b"
    r"(?:running|going on|still going|current(?:ly)?|ongoing)|(?:running|ongoing|current|active) (?:rollouts?|deploy(?:ment)?s?))\b",
    re.IGNORECASE,
)
_POINTING = re.compile(r"\b(?:it|its|that|this|those|these|them|there|same)\b", re.IGNORECASE)

# "Is it in qa too?", "is search 2.8.1 there yet?": one value comes from before, the others are new.
_POINTS_AT = {
    "service": re.compile(r"\b(?:is|was|does|did|how's|hows|where's|wheres) (?:it|that one|this one)\b", re.IGNORECASE),
    "environment": re.compile(
        r"\b(?:there|in that (?:one|environment)|in the same)\b(?! (?:is|are|was|were|a|an|any))", re.IGNORECASE
    ),
}

_MORE = re.compile(r"\b(?:more|else|further|next|others?)\b", re.IGNORECASE)
_MINE = re.compile(r"\b(?:i|my|mine|me|we|our|ours|us)\b", re.IGNORECASE)

# The verbs of rights as people say them.
_VERBS = {
    verb: re.compile(rf"\b(?:{words})", re.IGNORECASE)
    for verb, words in {
        "deploy": "deploy|ship|releas|promot|push",
        "rollback": "roll(?:ing)? ?back|revert",
        "approve": "approv",
        "lock": "(?:un)?lock|freez",
        "silence": "silenc|mute",
        "acknowledge": "acknowledg|ack\\b",
        "rerun": "re-?run|retry",
        "cancel": "cancel|abort",
    }.items()
}

Values = dict[str, list[str]]


class Missing(AssistantError):
    """A value without which there is no request; ``field`` is what to ask for."""

    def __init__(self, field: str, sentence: str) -> None:
        self.field = field
        super().__init__(sentence)


@dataclass(frozen=True)
class Said:
    """One message: its text and intent, the values named in it, and what the conversation is about.

    ``values`` are canonical names by entity, each once, in the order in which they were said; ``unresolved`` are
    the names that the catalogue does not settle. ``ranking`` are the likeliest intents, best first. ``bare`` is the
    text without its names of services, environments and teams, ``mentions`` are the names with their places in it.
    """

    text: str
    intent: str
    values: Values
    unresolved: tuple[NotFound | Ambiguous, ...] = ()
    subject: Mapping[str, Any] | None = None
    question: Mapping[str, Any] | None = None
    follow_up: bool = False
    ranking: tuple[str, ...] = ()
    bare: str = ""
    mentions: tuple[Mention, ...] = ()


def said(latest: Mapping[str, Any], slots: Mapping[str, Any], names: Names) -> Said:
    """Read a message as Rasa passes it on, with every name resolved against the catalogue."""
    text = latest.get("text") or ""
    values: Values = {}
    unresolved: list[NotFound | Ambiguous] = []
    bare = text
    for entity in latest.get("entities") or []:
        kind = str(entity["entity"])
        try:
            value = _resolved(kind, str(entity["value"]), names)
        except (NotFound, Ambiguous) as error:
            unresolved.append(error)
            continue
        if value not in values.setdefault(kind, []):
            values[kind].append(value)
        if kind in ("service", "environment", "team"):
            # As many blanks as letters, so that the places of the other names still hold.
            start, end = entity.get("start", 0), entity.get("end", 0)
            bare = bare[:start] + " " * (end - start) + bare[end:]
    named = tuple(mentions(text, names))
    return Said(
        text=text,
        intent=(latest.get("intent") or {}).get("name") or "",
        values=values,
        unresolved=tuple(unresolved),
        subject=slots.get(SUBJECT),
        question=slots.get(QUESTION),
        follow_up=is_follow_up(text, named),
        ranking=tuple(one["name"] for one in latest.get("intent_ranking") or () if one["name"] != "nlu_fallback"),
        bare=bare,
        mentions=named,
    )


def status_request(message: Said) -> StatusRequest:
    """The request for a status.

    Raises:
        NotFound, Ambiguous: a name in the message fits nothing, or several things.
        Missing: neither the message nor the conversation names anything.
    """
    for error in message.unresolved:
        if error.kind in STATUS:
            raise error
    values = complete(message, "status", STATUS)
    under_way = "version" not in values and _UNDER_WAY.search(message.text) is not None and "service" not in values
    if not under_way and not any(values.values()):
        raise Missing("environment", "Which environment shall I look at? A service's name is fine too.")
    versions = values.get("version", [])
    if len(versions) > 1:
        raise Ambiguous("version", " and ".join(versions), versions)
    named = {kind: tuple(values.get(kind, ())) for kind in STATUS}
    version = versions[0] if versions else None
    return StatusRequest(named["service"], named["environment"], version, named["team"], under_way)


def pipeline_request(message: Said) -> PipelineRequest:
    """Which builds are asked for; without any name, those that the conversation is about, else all of them.

    Raises:
        NotFound, Ambiguous: a name in the message fits nothing, or several things.
        Missing: it asks how often a step fails, and nothing says of which service.
    """
    _require_known(message, PIPELINES)
    values, recurs = complete(message, "pipelines", PIPELINES), bool(_RECURRENCE.search(message.text))
    mine = any(message.values.get(kind) for kind in PIPELINES)
    if mine and not message.values.get("run") and not _about(message.question, "pipelines"):
        values.pop("run", None)  # it was a run of what was spoken of before
    elif not mine and (recurs or not _SEVERAL.search(message.text)):
        values = {kind: names for kind, names in _spoken_of(message, "pipelines", "logs").items() if kind in PIPELINES}
        if recurs or not _POINTING.search(message.text):
            values.pop("run", None)
    if recurs and not values.get("service"):
        raise Missing("service", "Of which service? I then count how often the step that failed fails.")
    ref, run = _one("version", values), _one("run", values)
    return PipelineRequest(tuple(values.get("service", ())), tuple(values.get("team", ())), ref, run, recurs)


def log_request(message: Said) -> LogRequest:
    """Whose log is asked for.

    Raises:
        NotFound, Ambiguous: a name in the message fits nothing, or several things.
        Missing: neither the message nor the conversation names a service or a run.
    """
    _require_known(message, LOGS)
    values = complete(message, "logs", LOGS)
    mine = {kind: message.values[kind] for kind in LOGS if message.values.get(kind)}
    if not mine.get("service") and not mine.get("run"):
        values = {**_spoken_of(message, "pipelines", "logs"), **values}
    if mine and not mine.get("run") and not _about(message.question, "logs"):
        values.pop("run", None)
    service, run = _one("service", values), _one("run", values)
    if service is None and run is None:
        raise Missing("service", "Which service's log? The number of a run is fine too.")
    deployment = "deployment" in values or is_about_deployment(message)
    failed = bool(_FAILED.search(message.text))
    return LogRequest(service, run, _one("version", values), _one("environment", values), deployment, failed)


def wants_recurrence(message: Said) -> bool:
    """Whether a message asks, after an answer about builds, how often that happens ("flaky or real?")."""
    about = message.subject is not None and message.subject["capability"] in ("pipelines", "logs")
    return about and _RECURRENCE.search(message.text) is not None


def is_about_deployment(message: Said) -> bool:
    """Whether a message speaks of a deployment and not of a build."""
    return _DEPLOYING.search(message.text) is not None


def docs_request(message: Said) -> tuple[DocsRequest, Values]:
    """The question to the documents, and its values for a follow-up ("and in staging?", "more").

    Raises:
        Invalid: it says nothing to look for, and neither did the conversation.
    """
    values, words = complete(message, "docs", DOCS), message.bare
    named = any(message.values.get(kind) for kind in DOCS)
    skip = 0
    if not terms(words):
        before = _about(message.subject, "docs") or {}
        values = {**before, **values}
        words = " ".join(before.get("words", []))
        skip = 0 if named else int("".join(before.get("shown", [])) or 0)
    names = tuple(name for kind in DOCS for name in values.get(kind, ()))
    wanted = (*terms(words), *names)
    if not wanted:
        raise Invalid("What are you looking for? For example: “how do I get access to a database?”")
    values = {kind: names for kind, names in values.items() if kind in DOCS}
    return DocsRequest(message.text, wanted, skip, names), {**values, "words": [words]}


def wants_more(message: Said) -> bool:
    """Whether somebody who was shown a passage of the documents says no more than “more”."""
    return (
        _about(message.subject, "docs") is not None
        and not message.values
        and not terms(message.text)
        and bool(_MORE.search(message.text))
    )


def owners_request(message: Said) -> OwnersRequest:
    """Whose something is. Raises NotFound and Ambiguous for names that the catalogue does not settle."""
    for error in message.unresolved:
        if error.kind in OWNERS:
            raise error
    values = complete(message, "owners", OWNERS)
    if not any(values.values()) and _POINTING.search(message.text) and message.subject:
        values = {"service": message.subject["values"].get("service", [])}
    mine = not any(values.values()) and bool(_MINE.search(message.text))
    return OwnersRequest(tuple(values.get("service", ())), tuple(values.get("team", ())), mine)


def history_request(message: Said, catalogue: Catalogue, speaker: Person | None) -> tuple[HistoryRequest, Values]:
    """The past deployments that are asked for, and their values for a follow-up ("and in staging?").

    Raises:
        NotFound, Ambiguous: a name fits nothing, or several things.
        Invalid: a time that is none or lies in the future, a first name that several people have.
    """
    text, now = message.text, datetime.now(timezone.utc)
    zone = _zone(speaker)
    when = moments.spoken(text, now, zone)
    named = people(text, catalogue.people, speaker, [mention.text for mention in message.mentions])
    read = {**message.values, "person": named, "time": [when.words] if when else []}
    values = _settled(replace(message, values=read), "history", HISTORY)
    count = wanted.count(text) or next((int(number) for number in values.get("count", ())), None)
    if not values and (count == 1 or _POINTING.search(text)):
        values = _handed_over(message, ("service", "environment"))
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


def changes_request(message: Said, speaker: Person | None) -> tuple[ChangesRequest, Values]:
    """What is to be compared, and its values for a follow-up.

    Raises:
        NotFound, Ambiguous: a name fits nothing, or several things.
        Missing: no service is named, nor two environments.
        Invalid: a time that is none or lies in the future, or more than two things to compare.
    """
    values = _settled(message, "changes", CHANGES)
    if "service" not in values and (len(values.get("environment", ())) < 2 or _POINTING.search(message.text)):
        values = {**_handed_over(message, ("service",)), **values}
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
        interval=moments.spoken(message.text, now, _zone(speaker)) if not ends else None,
    ), values


def access_request(message: Said) -> AccessRequest:
    """What the asker wants to know about their rights."""
    return AccessRequest(tuple(verb for verb, words in _VERBS.items() if words.search(message.text)))


def alerts_request(message: Said) -> tuple[AlertsRequest, Values]:
    """Which alerts are meant, and the values for the conversation. Raises NotFound, Ambiguous for a name in doubt."""
    values = _settled(message, "alerts", ALERTS) or _spoken_of(message)
    values = {**values, "severity": [normalise("severity", word) for word in values.get("severity", ())]}
    named = [tuple(values.get(kind, ())) for kind in ALERTS]
    return AlertsRequest(*named), {kind: names for kind, names in values.items() if names and kind in ALERTS}


def runbook_request(message: Said) -> AlertsRequest | None:
    """What a runbook is wanted for: what is named, else the alerts just shown; None for neither."""
    values = _settled(message, "alerts", ("service", "environment", "alert"))
    if not values.get("alert") and not values.get("service"):
        shown = _handed_over(message, ("shown",)).get("shown", [])
        return AlertsRequest(alerts=tuple(shown)) if shown else None
    return AlertsRequest(
        tuple(values.get("service", ())), tuple(values.get("environment", ())), alerts=tuple(values.get("alert", ()))
    )


def metrics_request(message: Said) -> tuple[MetricsRequest, Values]:
    """Which metrics of what are meant, and the values for the conversation.

    Raises:
        NotFound, Ambiguous: a name in the message fits nothing, or several things.
        Missing: neither the message nor the conversation names a place.
    """
    values = _settled(message, "metrics", METRICS)
    places = ("service", "environment", "team")
    if not any(values.get(kind) for kind in places):
        values = {**_handed_over(message, places), **values}
    if not any(values.get(kind) for kind in places):
        raise Missing("service", "Which service shall I look at?")
    named = {kind: tuple(values.get(kind, ())) for kind in METRICS}
    words = tuple(normalise("metric", word) for word in named["metric"])
    return MetricsRequest(named["service"], named["environment"], words, named["team"]), values


def on_call_request(message: Said, person: Person | None) -> tuple[OnCallRequest, Values]:
    """Whose turn is asked for, and the values for the conversation. Times are read in the asker's zone.

    Raises NotFound, Ambiguous for a name in doubt.
    """
    values = _settled(message, "on_call", ON_CALL) or _spoken_of(message)
    zone = ZoneInfo(person.timezone) if person else timezone.utc
    words = next(iter(values.get("time", ())), None)
    when = duty_time(words, datetime.now(timezone.utc), zone, bool(_WAS.search(message.text))) if words else None
    who = _WHO.search(message.text)
    return OnCallRequest(
        tuple(values.get("service", ())),
        tuple(values.get("team", ())),
        when,
        mine=bool(_MY_TURN.search(message.text)) and not who and not values.get("service"),
        unclear=words if words and when is None else None,
    ), {kind: names for kind, names in values.items() if kind in ON_CALL}


def complete(message: Said, capability: str, kinds: Sequence[str]) -> Values:
    """The values of a reading request: the message's own, completed from the open question or the subject."""
    mine = {kind: message.values[kind] for kind in kinds if message.values.get(kind)}
    continues = message.intent == "inform" or message.follow_up
    question, subject = _about(message.question, capability), _about(message.subject, capability)
    if question is not None and continues:
        return {**question, **mine}
    if subject is None:
        return mine
    if continues or (not mine and _POINTING.search(message.text)):
        return _replaced(subject, mine)
    pointed = {
        kind: subject[kind] for kind, words in _POINTS_AT.items() if subject.get(kind) and words.search(message.text)
    }
    return {**pointed, **mine}


def _zone(speaker: Person | None) -> tzinfo:
    """The zone in which somebody means their times: this machine's for whom the catalogue does not know."""
    return ZoneInfo(speaker.timezone) if speaker else datetime.now().astimezone().tzinfo or timezone.utc


def _settled(message: Said, capability: str, kinds: Sequence[str]) -> Values:
    """The values of a reading request, completed; raises the error of the first name that is not settled."""
    for error in message.unresolved:
        if error.kind in kinds:
            raise error
    return {kind: names for kind, names in complete(message, capability, kinds).items() if names}


def _handed_over(message: Said, kinds: Sequence[str]) -> Values:
    """What the answer before was about, whatever it was: for "who shipped the last one?"."""
    before: Values = message.subject["values"] if message.subject else {}
    return {kind: before[kind] for kind in kinds if before.get(kind)}


def continued(message: Said) -> str | None:
    """The capability that a message with bare values continues: of the open question, else of the subject."""
    for earlier in (message.question, message.subject):
        if earlier:
            return str(earlier["capability"])
    return None


def _spoken_of(message: Said, *capabilities: str) -> Values:
    """What the conversation is about, for a message that names nothing: all of it when it continues one of
    ``capabilities``; of another one the service alone, and only when the message points at it.
    """
    subject = message.subject
    if subject is None:
        return {}
    values: Values = subject["values"]
    if subject["capability"] in capabilities:
        return dict(values)
    return {"service": values["service"]} if values.get("service") and _POINTING.search(message.text) else {}


def _one(kind: str, values: Values) -> str | None:
    """The only value of its kind. Raises Ambiguous when there are several."""
    names = values.get(kind, [])
    if len(names) > 1:
        raise Ambiguous(kind, " and ".join(names), names)
    return names[0] if names else None


def _require_known(message: Said, kinds: Sequence[str]) -> None:
    for error in message.unresolved:
        if error.kind in kinds:
            raise error


def _about(slot: Mapping[str, Any] | None, capability: str) -> Values | None:
    if slot is None or slot["capability"] != capability:
        return None
    values: Values = slot["values"]
    return values


def _replaced(before: Values, now: Values) -> Values:
    """The request before with the new values in place of the old ones of their kind.

    A version belongs to a service: about another service the question is its state, not the same number.
    """
    kept = dict(before)
    if "service" in now and "version" not in now:
        kept.pop("version", None)
    return {**kept, **now}


def _resolved(kind: str, text: str, names: Names) -> str:
    if kind in ("service", "environment", "team"):
        return names.resolve(kind, text)
    return normalise(kind, text) if kind in ("version", "run") else text
