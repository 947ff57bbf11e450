"""Which place a message wants to hold, until when and why; and who is asked about."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timezone

from actions.request.said import Missing, Said, Values, about, require_known, zone_of
from assistant.contracts.errors import Ambiguous, AssistantError, Invalid
from assistant.contracts.locks import ANY, Scope
from assistant.contracts.platform import Person
from assistant.language.ends import end_of
from assistant.language.values import normalise

LOCKS = ("service", "environment", "duration", "reason")

_FILLER = re.compile(
    r"\b(?:please|pls|plz|can|could|would|you|i|i'd|like|to|want|need|have|me|us|we|the|a|an|now|lock|block|hold|freeze"
    r"|reserve|claim|take|grab|for|in|on|of|environment|env|down|keep|everyone|everybody|others|out|off|is|it|mine"
    r"|myself|so|that|no|nobody|one|deploys?|there|hands|minutes?|hours?|and|my|our|bit|while|from|deploying|anybody"
    r"|anyone|ours?|by|with|just|hey|hi|service|must|may|pause|suspend|halt|stop|releases?|deployments?|changes?|can't|cant|let|lets|put|over|takeover|taking)\b",
    re.IGNORECASE,
)
_REASON = re.compile(
    r"(?:\bbecause(?: of)?\b|\breason:?|\bdue to\b|[,:;–—-]\s(?!because|reason|due to))\s*(.+)$", re.IGNORECASE
)

_WE_HAVE = re.compile(r"\b(?:as|since|for|there(?:'s| is)|we(?:'re| are| have)?)\s+(.+)$", re.IGNORECASE)


@dataclass(frozen=True)
class LockWish:
    """A place to be held; ``until`` is aware, None when no end was said; ``reason`` is empty when nothing says why."""

    scope: Scope
    until: datetime | None
    reason: str


class Unexplained(AssistantError):
    """Nothing says why; the answer to this question is taken as it stands."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(f"What do you need {scope.words} for? Others will see the reason.")


def lock_request(message: Said, speaker: Person | None) -> LockWish:
    """What is to be held.

    A change of the platform's state takes nothing from the conversation but the answers to its own questions.

    Raises:
        NotFound, Ambiguous: a name fits nothing, or several are named.
        Missing: no place.
        Invalid: an end that can't be read.
    """
    require_known(message, LOCKS)
    values = lock_values(message)
    scope = scope_of(values)
    if scope is None:
        raise Missing("environment", "What shall I lock: which environment, or which service?")
    return LockWish(scope, _until(values, speaker), values.get("reason", [""])[0])


def lock_values(message: Said) -> Values:
    """What was said for this lock: now, and before in answer to its questions."""
    before = about(message.question, "locks") or {}
    asks = (before.get("asks") or [""])[0]
    values = {kind: list(names) for kind, names in before.items() if kind != "asks"}
    values |= {
        kind: message.values[kind]
        for kind in ("service", "environment", "duration", "shown")
        if message.values.get(kind)
    }
    reason = message.text.strip() if asks == "reason" else _reason(message)
    if reason and not values.get("reason"):
        values["reason"] = [reason]
    return values


def pause_reason(message: Said) -> str:
    """Why everything is to be paused: the answer to that question, or what follows “because”, a comma or a dash."""
    if about(message.question, "locks"):
        return message.text.strip()
    found = _REASON.search(message.text) or _WE_HAVE.search(message.text)
    return found[1].strip(" .!") if found else ""


def scope_of(values: Values) -> Scope | None:
    """The place that is named, None when there is none. Raises Ambiguous for several of a kind."""
    for kind in ("service", "environment"):
        if len(values.get(kind, ())) > 1:
            raise Ambiguous(kind, " and ".join(values[kind]), values[kind])
    service, environment = values.get("service", [ANY])[0], values.get("environment", [ANY])[0]
    return None if service == ANY and environment == ANY else Scope(service, environment)


def _until(values: Values, speaker: Person | None) -> datetime | None:
    words = values.get("duration", [""])[0]
    if not words:
        return None
    end = end_of(normalise("duration", words), datetime.now(timezone.utc), zone_of(speaker))
    if end is None:
        raise Invalid(
            f"I can't read “{words}” as an end. Say it like “for 2 hours” or “until 5pm”. Nothing was locked."
        )
    return end


def _reason(message: Said) -> str:
    """Why: what follows "because", a comma or a dash, else what is left of the words beside the names."""
    found = _REASON.search(message.text)
    if found:
        return found[1].strip(" .!")
    rest, at = [], 0
    for mention in message.mentions:
        rest.append(message.text[at : mention.start])
        at = mention.end
    left = " ".join(_FILLER.sub(" ", " ".join([*rest, message.text[at:]])).split()).strip(" .,!?-:")
    return left if len(left) > 3 else ""
