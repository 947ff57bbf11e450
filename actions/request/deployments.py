"""What a message wants changed. Every value was said for it: nothing comes from what the conversation was about.

A change that lacks something is kept in the slot CHANGE with the question that is open; only an answer to that
question, or a correction of what was shown, adds to it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from enum import Enum

from actions.request.change import KINDS, Asked, Part, Unsaid, kept, with_values
from actions.request.said import Said, zone_of
from assistant.catalogue import Catalogue
from assistant.contracts.change import Verb
from assistant.contracts.errors import Invalid
from assistant.contracts.platform import Person
from assistant.language import negation
from assistant.language.duty import duty_time

_REMOVES = re.compile(
    r"\b(?:get|take|pull|kick|throw)\b.*\bout of (?!.*\b(?:to|into|onto)\b)|\b(?:remove|delete|undeploy|uninstall)\b",
    re.IGNORECASE,
)
_NEWEST = re.compile(r"\b(?:latest|newest|most recent|current one|last one)\b", re.IGNORECASE)
_BREAK_GLASS = re.compile(r"\bbreak(?:ing)?[- ](?:the[- ])?glass\b|\bemergency override\b", re.IGNORECASE)
_REASON = re.compile(r"\b(?:because|since we|reason:?|due to)\s+(.+)$", re.IGNORECASE)
_POINTS = re.compile(r"\b(?:it|that|this|that one|this one|the same|them|those)\b", re.IGNORECASE)
_SOON = timedelta(minutes=5)
_LATER = re.compile(
    r"\b(?:tomorrow|tonight|later(?: today)?|next (?:week|month|sprint|mon|tues|wednes|thurs|fri|satur|sun)\w*"
    r"|in (?:an?|one|two|three|\d+|a few|some) (?:minutes?|mins?|hours?|hrs?|days?))\b",
    re.IGNORECASE,
)
_SAME = re.compile(r"\bsame\b", re.IGNORECASE)


_CORRECTS = re.compile(
    r"\W*(?:(?:no+|nope|nah|wait(?! for\b)|hold on(?! to\b)"
    r"|hmm?|sorry|oops|ah|actually|rather|i meant?|make (?:it|that)|not that)\b\W*)+",
    re.IGNORECASE,
)
_ORDER = re.compile(r"\W*(?:please\W+)?(?:(?:re)?deploy|ship|release|promote|roll ?back|revert)\b", re.IGNORECASE)
_MEANT = re.compile(r"\bi mean(?:t)?\b|\binstead\b|\brather\b", re.IGNORECASE)
_READS_ON = re.compile(r"\W*(?:and|what about|how about|how)\b", re.IGNORECASE)
_YES = re.compile(
    r"\W*(?:(?:yes|yep|yeah|sure|ok|okay|please|pls|now|then|just|go|go ahead|go for it|do it|confirm(?:ed)?|ship it"
    r"|deploy it|roll it back|start it|both)\b\W*)+",
    re.IGNORECASE,
)
BARE = ("inform", "deny", "affirm", "stop", "nlu_fallback", "out_of_scope")
"""Intents of messages that may be no request of their own."""


_BACK = re.compile(r"\broll(?:ed|ing)?[- ]?back\b|\brevert", re.IGNORECASE)
_CHANGES = re.compile(
    r"\b(?:re)?deploy|\bship|\breleas|\bpromot|\broll(?:ed|ing)?[- ]?(?:out|back)\b|\brevert", re.IGNORECASE
)


class Step(Enum):
    """What a message does with the change that is open or was the last one."""

    ANSWER = "answer"
    CORRECTION = "correction"
    YES = "yes"
    NO = "no"
    SAME = "same"


def change_request(message: Said, verb: Verb, catalogue: Catalogue, speaker: Person | None) -> Asked:
    """The change that a message asks for (or asks what it would do), made of that message alone.

    Raises:
        NotFound, Ambiguous: a name fits nothing, or several things.
        Invalid: it is wanted at a later time, or a service is to go away.
        Unsaid: something is missing, or said twice.
    """
    _refuse_later(message, speaker)
    if verb is Verb.DEPLOY and _REMOVES.search(message.text):
        raise Invalid("I can't take a service out of an environment, I deploy and roll back. Nothing was started.")
    asked = Asked(
        Verb.ROLLBACK if _BACK.search(message.text) else verb,
        break_glass=bool(_BREAK_GLASS.search(message.text)),
        newest=bool(_NEWEST.search(message.text)),
        would=message.intent == "ask_risk" or negation.withholds(message.text),
    )
    if found := _REASON.search(message.text):
        asked = replace(asked, reason=found[1].strip(" .!"))
    return _whole(with_values(asked, _meant(message), catalogue), message, catalogue)


def answered(message: Said, asked: Asked, catalogue: Catalogue) -> Asked:
    """The change with the answer to the question that is open; raises as :func:`change_request` does."""
    if asked.asks == "reason":
        return replace(asked, reason=message.text.strip(), asks=None)
    _refuse_later(message, None)
    if asked.asks == "version" and _NEWEST.search(message.text):
        return _whole(replace(asked, newest=True, asks=None), message, catalogue)
    return _whole(with_values(replace(asked, asks=None), _meant(message), catalogue), message, catalogue)


def corrected(message: Said, asked: Asked, catalogue: Catalogue) -> Asked:
    """The change with what a correction names ("no, 1.4.2", "to staging I meant") in place of what was shown."""
    _refuse_later(message, None)
    fresh = replace(asked, asks=None, drafts=(), source=None)
    if named := message.values.get("service"):
        fresh = replace(fresh, parts=tuple(part for part in fresh.parts if part.service in named))
    if message.values.get("environment"):
        fresh = replace(fresh, environment=None)
    if message.values.get("version") or _NEWEST.search(message.text):
        fresh = replace(fresh, parts=tuple(Part(part.service) for part in fresh.parts))
    return _whole(with_values(fresh, _meant(message), catalogue), message, catalogue)


def _ruled_out(message: Said) -> set[str]:
    """The names that are said only to rule them out: "not to prod" answers where it shall not go."""
    places = [one for one in message.mentions if one.kind in KINDS and negation.rules_out(message.text[: one.start])]
    return {name for one in places for name in one.values}


def _meant(message: Said) -> Said:
    """The message with what it wants alone."""
    out = _ruled_out(message)
    values = {kind: [name for name in names if name not in out] for kind, names in message.values.items()}
    return replace(message, values={kind: names for kind, names in values.items() if names})


def what_if(message: Said) -> bool:
    """Whether a message asks what a deployment or rollback would do ("don't deploy search, what if we did?")."""
    return bool(
        message.values.get("service") and _CHANGES.search(message.text) and negation.is_hypothetical(message.text)
    )


def next_step(message: Said) -> Step | None:
    """What a message does with the change of this conversation; None for whatever is a matter of its own."""
    asked = kept(message)
    if asked is None:
        return None
    names = any(message.values.get(kind) for kind in KINDS) or bool(message.unresolved)
    last = bool((message.subject or {}).get("change"))
    if not asked.is_open and names and last and _CORRECTS.match(message.text):
        return Step.CORRECTION  # of what a gate stopped
    if not asked.is_open:
        again = names and last and _SAME.search(message.text)
        return Step.SAME if again and message.intent in (asked.verb.value, "ask_status", *BARE) else None
    if (message.intent in ("deny", "stop") and not names) or _is_refused(message, asked):
        return Step.NO
    corrects = _CORRECTS.match(message.text) and not negation.is_reported(message.text)
    # "Should I say yes?" is answered as a yes that is none.
    doubted = bool(asked.drafts) and message.intent == "affirm" and not names
    if asked.asks != "reason" and negation.withholds(message.text) and not corrects and not doubted:
        return None
    if asked.drafts:
        return _of_drafts(message, asked, names)
    return Step.ANSWER if _is_answer(message, asked) else None


def _is_refused(message: Said, asked: Asked) -> bool:
    """Whether what is asked for, or shown, is negated: "don't deploy payments to prod" is no answer to "where?"."""
    if asked.asks == "reason" or not negation.is_negated(message.text):
        return False
    return bool(asked.asks) or _is_named_in(message, asked)


def _of_drafts(message: Said, asked: Asked, names: bool) -> Step | None:
    own = message.intent in (*BARE, asked.verb.value)
    if not names:
        return Step.YES if message.intent == "affirm" or (own and _YES.fullmatch(message.text)) else None
    if message.intent == "affirm":
        return Step.YES if _is_named_in(message, asked) else Step.CORRECTION
    if _ORDER.match(message.text) and message.values.get("service"):
        return None
    if _CORRECTS.match(message.text) or (_MEANT.search(message.text) and own):
        return Step.CORRECTION
    last = (message.subject or {}).get("change") and not _READS_ON.match(message.text)
    bare = message.intent in ("inform", "deny", "affirm", "stop") or message.follow_up
    return Step.CORRECTION if last and bare else None


def _is_named_in(message: Said, asked: Asked) -> bool:
    """Whether a yes names nothing but what was shown ("yes, to production")."""
    shown: dict[str, list[str | None]] = {
        "service": [part.service for part in asked.parts],
        "version": [part.version for part in asked.parts],
        "environment": [asked.environment],
        "team": [],
    }
    return not message.unresolved and all(
        name in shown[kind] for kind in KINDS for name in message.values.get(kind, ())
    )


def _is_answer(message: Said, asked: Asked) -> bool:
    if _READS_ON.match(message.text) or message.text.rstrip().endswith("?"):
        return False
    if asked.asks == "reason":
        return message.intent in BARE
    given = (
        message.values.get(asked.asks or "")
        or any(error.kind == asked.asks for error in message.unresolved)
        or (asked.asks == "version" and _NEWEST.search(message.text))
    )
    # "Deploy it to staging" answers "where?"; with a service of its own it is a request of its own.
    own = message.intent == asked.verb.value and (asked.asks == "service" or not message.values.get("service"))
    return bool(given) and (message.intent in BARE or own)


def same_again(message: Said, asked: Asked, catalogue: Catalogue) -> Asked:
    """The change before once more, with what the message names in its place: offered for a yes, never assumed."""
    return corrected(message, replace(asked, reason=None, break_glass=False), catalogue)


def _refuse_later(message: Said, speaker: Person | None) -> None:
    now = datetime.now(timezone.utc)
    why = _REASON.search(message.text)
    said = [one for one in message.mentions if one.kind == "time" and (why is None or one.start < why.start())]
    when = [one.text for one in said if (at := duty_time(one.text, now, zone_of(speaker))) and at.start > now + _SOON]
    later = when or [found[0] for found in _LATER.finditer(message.text[: why.start()] if why else message.text)]
    if later:
        raise Invalid(
            f"I can't plan ahead: I change things when you ask. Nothing was started; ask me again {later[0]}."
        )


def _whole(asked: Asked, message: Said, catalogue: Catalogue) -> Asked:
    """The change, when nothing is missing. Raises Unsaid with the one thing to ask for next."""
    named = [part for part in asked.parts if part.service]
    if not named and asked.source is None:
        raise Unsaid(asked, "service", f"Which service {_verb(asked)}?", _services(asked, message, catalogue))
    there = [name for name in _environments(named, catalogue) if name not in _ruled_out(message)]
    if asked.environment is None and asked.would and there:
        asked = replace(asked, environment=there[-1], guessed=True)
    if asked.environment is None:
        raise Unsaid(asked, "environment", f"Where {_verb(asked)} {asked.what()}?", there)
    if not named:
        runs = [service.name for service in catalogue.services_in(asked.environment)]
        raise Unsaid(asked, "service", f"Which service shall I bring from {asked.source} to {asked.environment}?", runs)
    return asked


def _verb(asked: Asked) -> str:
    """What is asked about doing; who only wants to know is asked so."""
    who = "would you" if asked.would else "shall I"
    return f"{who} deploy" if asked.verb is Verb.DEPLOY else f"{who} roll back"


def _services(asked: Asked, message: Said, catalogue: Catalogue) -> list[str]:
    """What may be meant, what was spoken of first when the words point at it: offered, never taken."""
    every = [
        name
        for name, service in catalogue.services.items()
        if asked.environment in (None, *service.environments) and name not in _ruled_out(message)
    ]
    before = (message.subject or {}).get("values", {}).get("service", []) if _POINTS.search(message.text) else []
    return [*(name for name in before if name in every), *(name for name in every if name not in before)]


def _environments(parts: Sequence[Part], catalogue: Catalogue) -> list[str]:
    places = [[place.name for place in catalogue.environments_of(part.service)] for part in parts]
    return [name for name in places[0] if all(name in others for others in places)] if places else []
