"""Which place a message wants to hold, until when and why; and who is asked about."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timezone

from actions.request.phrases import takes_over
from actions.request.reasons import gives_reason, plain_reason, without_ends
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
    r"(?:\b(?:because|cuz|coz)(?: of)?\b|\breason:?|\bdue to\b|[,:;–—-]\s(?!because|cuz|coz|reason|due to))\s*(.+)$",
    re.IGNORECASE,
)

_WE_HAVE = re.compile(r"\b(?:as|since|for|there(?:'s| is)|we(?:'re| are| have)?)\s+(.+)$", re.IGNORECASE)


@dataclass(frozen=True)
class LockWish:
    """A place to be held; ``until`` is aware, None when no end was said; ``reason`` is empty when nothing says why."""

    scope: Scope
    until: datetime | None
    reason: str


@dataclass(frozen=True)
class PauseWish:
    """Why everything is to be paused (empty when nothing says so), and until when: None when no end was said."""

    reason: str
    until: datetime | None


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
    if not _asked_before(message).get("asks"):  # what an answer to "what for?" names needs no place in the catalogue
        require_known(message, LOCKS)
    values = lock_values(message)
    scope = scope_of(values)
    if scope is None:
        raise Missing("environment", "What shall I lock: which environment, or which service?")
    return LockWish(scope, _until(values, speaker), values.get("reason", [""])[0])


def lock_values(message: Said) -> Values:
    """What was said for this lock: now, and before in answer to its questions."""
    before = _asked_before(message)
    asks = bool(before.get("asks"))
    values = {kind: list(names) for kind, names in before.items() if kind not in ("asks", "reminded")}
    # Names in an answer to "what for?" say why, not what.
    kinds = ("duration",) if asks else ("service", "environment", "duration", "shown")
    values |= {kind: message.values[kind] for kind in kinds if message.values.get(kind)}
    if takes_over(message):
        values["shown"] = ["take over"]
    reason = plain_reason(message) if asks else _reason(message)
    if reason and not values.get("reason"):
        values["reason"] = [reason]
    return values


def pause_wish(message: Said, speaker: Person | None) -> PauseWish:
    """Why and how long everything is to be paused, said now or before the question why.

    An end that can't be read ("until it is over") is a part of the reason: whoever stops everything is not held up.
    """
    before = _asked_before(message)
    if before.get("asks"):
        reason = plain_reason(message)
    else:
        said = without_ends(message)
        found = _REASON.search(said) or _WE_HAVE.search(said)
        reason = found[1].strip(" .!") if found else ""
    words = [*message.values.get("duration", ()), *before.get("duration", ())][:1]
    until = end_of(normalise("duration", words[0]), datetime.now(timezone.utc), zone_of(speaker)) if words else None
    if words and until is None:
        reason = f"{reason}, {words[0]}".strip(" ,")
    return PauseWish(reason, until)


def _asked_before(message: Said) -> Values:
    """What the open question about a lock or pause is about; nothing when the message is an order of its own."""
    before = about(message.question, "locks") or {}
    return {} if before.get("asks") and not gives_reason(message) else before


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
