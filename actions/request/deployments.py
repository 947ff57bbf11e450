"""What a message wants changed. Every value was said for it: nothing comes from what the conversation was about.

A change that lacks something is kept in the slot CHANGE with the question that is open; only an answer to that
question, or a correction of what was shown, adds to it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import replace

from actions.request.change import KINDS, Asked, Part, Unsaid, left_out, with_values
from actions.request.later import put_off
from actions.request.phrases import EVERYTHING, breaks_glass
from actions.request.reasons import plain_reason
from actions.request.said import Said
from actions.request.which import Which, goes_back, is_relative, which_of
from assistant.catalogue import Catalogue
from assistant.contracts.change import Verb
from assistant.contracts.errors import Invalid
from assistant.contracts.platform import Person
from assistant.language import negation
from assistant.language.consent import is_quoted
from assistant.language.values import normalise

_REMOVES = re.compile(
    r"\b(?:get|take|pull|kick|throw)\b.*\bout of (?!.*\b(?:to|into|onto)\b)|\b(?:remove|delete|undeploy|uninstall)\b",
    re.IGNORECASE,
)
_REASON = re.compile(r"\b(?:because|since we|reason:?|due to)\s+(.+)$", re.IGNORECASE)
_ONLY = re.compile(r"\b(?:only|just|alone)\b", re.IGNORECASE)
_OF_GLASS = re.compile(r"\bglass\W+(?:and\W+)?(.+)$", re.IGNORECASE)
_POINTS = re.compile(r"\b(?:it|that|this|that one|this one|the same|them|those)\b", re.IGNORECASE)
_RESTARTS = re.compile(r"\b(?:restart|reboot|bounce|scale|stop|kill|shut ?down)\b", re.IGNORECASE)

_CHANGES = re.compile(
    r"\b(?:re)?deploy|\bship|\breleas|\bpromot|\broll(?:ed|ing)?[- ]?(?:out|back)\b|\brevert", re.IGNORECASE
)


def change_request(message: Said, verb: Verb, catalogue: Catalogue, speaker: Person | None) -> Asked:
    """The change that a message asks for (or asks what it would do), made of that message alone.

    Raises:
        NotFound, Ambiguous: a name fits nothing, or several things.
        Invalid: it is wanted at a later time, or a service is to go away.
        Unsaid: something is missing, or said twice.
    """
    order, reason = _order_and_reason(message)
    if is_quoted(message.text):
        raise Invalid("I take no order that is quoted: say it in your own words. Nothing was started.")
    would = message.intent == "ask_risk" or negation.withholds(message.text)
    if not would:
        _refuse_later(message, speaker)
    if verb is Verb.DEPLOY and _REMOVES.search(order):
        raise Invalid("I can't take a service out of an environment, I deploy and roll back. Nothing was started.")
    if _RESTARTS.match(order.lstrip()):
        raise Invalid(
            "I can't restart what runs: I deploy and roll back. “redeploy” and its name deploys the version that runs "
            "there again. Nothing was started."
        )
    if is_relative(order):
        raise Invalid("Please name the version that you want by its own number. Nothing was started.")
    asked = Asked(
        Verb.ROLLBACK if goes_back(order) else verb,
        which=which_of(order),
        break_glass=breaks_glass(message),
        reason=reason,
        would=would,
    )
    return _whole(with_values(asked, _meant(message), catalogue), message, catalogue)


def answered(message: Said, asked: Asked, catalogue: Catalogue) -> Asked:
    """The change with the answer to the question that is open; raises as :func:`change_request` does."""
    if asked.asks == "reason":
        return replace(asked, reason=plain_reason(message), asks=None)
    _refuse_later(message, None)
    if asked.asks == "version" and which_of(message.text) is Which.NEWEST:
        return _whole(replace(asked, which=Which.NEWEST, asks=None), message, catalogue)
    return _whole(with_values(replace(asked, asks=None), _meant(message), catalogue), message, catalogue)


def corrected(message: Said, asked: Asked, catalogue: Catalogue) -> Asked:
    """The change with what a correction names ("no, 1.4.2", "to staging I meant") in place of what was shown."""
    _refuse_later(message, None)
    fresh = replace(asked, asks=None, drafts=(), source=None)
    if breaks_glass(message):
        why = _REASON.search(message.text) or _OF_GLASS.search(message.text)
        fresh = replace(fresh, break_glass=True, reason=why[1].strip(" .!") if why else fresh.reason)
    out = left_out(message, asked)
    fresh = replace(fresh, parts=tuple(part for part in fresh.parts if part.service not in out))
    named = set(message.values.get("service", ())) - out
    some = named and named < {one.service for one in fresh.parts}
    if some and message.values.get("version") and not _ONLY.search(message.text):
        return _with_version(message, fresh, catalogue)
    if named:
        fresh = replace(fresh, parts=tuple(part for part in fresh.parts if part.service in named))
    if message.values.get("environment"):
        fresh = replace(fresh, environment=None)
    if message.values.get("version") or which_of(message.text) is not Which.UNSAID:
        parts = tuple(Part(part.service) for part in fresh.parts)
        fresh = replace(fresh, parts=parts, which=which_of(message.text))
    return _whole(with_values(fresh, _meant(message, out), catalogue), message, catalogue)


def _with_version(message: Said, asked: Asked, catalogue: Catalogue) -> Asked:
    """The change with another version for some of its services; the others stay as they were shown."""
    changed = with_values(Asked(asked.verb, environment=asked.environment), _meant(message), catalogue)
    parts = {part.service: part for part in (*asked.parts, *changed.parts)}
    return _whole(replace(asked, parts=tuple(parts.values())), message, catalogue)


def with_more(message: Said, asked: Asked, catalogue: Catalogue) -> Asked:
    """The change with a further service ("and checkout too"). Raises Invalid for a further environment."""
    if asked.environment and set(message.values.get("environment", ())) - {asked.environment}:
        raise Invalid(
            f"One environment at a time: say yes or no to {asked.words()} first, then for example “same for qa”. "
            "Nothing was started."
        )
    more = with_values(Asked(asked.verb, environment=asked.environment), _meant(message), catalogue)
    parts = {part.service: part for part in (*asked.parts, *more.parts)}
    return _whole(replace(asked, parts=tuple(parts.values()), asks=None, drafts=()), message, catalogue)


def _ruled_out(message: Said) -> set[str]:
    """The names that are said only to rule them out: "not to prod" answers where it shall not go."""
    places = [one for one in message.mentions if one.kind in KINDS and negation.rules_out(message.text[: one.start])]
    return {name for one in places for name in one.values}


def _meant(message: Said, out: Set[str] = frozenset()) -> Said:
    """The message with what it wants alone: neither what is ruled out, nor what only the reason names."""
    order, _ = _order_and_reason(message)
    because = {normalise(one.kind, name) for one in message.mentions if one.start >= len(order) for name in one.values}
    because -= {normalise(one.kind, name) for one in message.mentions if one.start < len(order) for name in one.values}
    out = out | because | _ruled_out(message)
    values = {kind: [name for name in names if name not in out] for kind, names in message.values.items()}
    unresolved = tuple(error for error in message.unresolved if error.name in order)
    return replace(message, values={kind: names for kind, names in values.items() if names}, unresolved=unresolved)


def what_if(message: Said) -> bool:
    """Whether a message asks what a deployment or rollback would do ("don't deploy search, what if we did?")."""
    return bool(
        message.values.get("service") and _CHANGES.search(message.text) and negation.is_hypothetical(message.text)
    )


def same_again(message: Said, asked: Asked, catalogue: Catalogue) -> Asked:
    """The change before once more, with what the message names in its place: offered for a yes, never assumed.

    "Undo" and "roll that back" offer the way back from it.
    """
    if goes_back(message.text) and not message.values.get("version"):
        parts = tuple(Part(part.service) for part in asked.parts)
        asked = replace(asked, verb=Verb.ROLLBACK, parts=parts, which=Which.UNSAID)
    return corrected(message, replace(asked, reason=None, break_glass=False), catalogue)


def _order_and_reason(message: Said) -> tuple[str, str | None]:
    """What is wanted, without the words that say why; and those."""
    why = _REASON.search(message.text)
    return (message.text[: why.start()], why[1].strip(" .!")) if why else (message.text, None)


def _refuse_later(message: Said, speaker: Person | None) -> None:
    order, _ = _order_and_reason(message)
    if later := put_off(message, order, speaker):
        later = f"at {later}" if later[0].isdigit() else later
        raise Invalid(f"I can't plan ahead: I change things when you ask. Nothing was started; ask me again {later}.")


def _whole(asked: Asked, message: Said, catalogue: Catalogue) -> Asked:
    """The change, when nothing is missing. Raises Unsaid with the one thing to ask for next."""
    named = [part for part in asked.parts if part.service]
    if not named and asked.source is None:
        first = "I change what is named, not everything at once. " if EVERYTHING.search(message.text) else ""
        question = f"{first}Which service {_verb(asked)}?"
        raise Unsaid(asked, "service", question, _services(asked, message, catalogue))
    there = [name for name in _environments(named, catalogue) if name not in _ruled_out(message)]
    if asked.environment is None and asked.would and there:
        asked = replace(asked, environment=there[-1], guessed=True)
    if asked.environment is None:
        raise Unsaid(asked, "environment", f"Where {_verb(asked)} {asked.what()}?", there)
    if not named:
        runs = [service.name for service in catalogue.services_in(asked.environment)]
        raise Unsaid(asked, "service", f"Which service shall I bring from {asked.source} to {asked.environment}?", runs)
    if asked.verb is Verb.DEPLOY and asked.source is None:
        return replace(asked, source=_source(asked, named, catalogue))
    return asked


def _source(asked: Asked, named: Sequence[Part], catalogue: Catalogue) -> str | None:
    """Where the wanted version runs now, when the verb says so: "promote it", "redeploy it"."""
    if asked.which is Which.AGAIN:
        return asked.environment
    before = catalogue.previous(asked.environment or "") if asked.which is Which.ONWARD else None
    while before is not None and any(
        before.name not in catalogue.services[part.service].environments for part in named
    ):
        before = catalogue.previous(before.name)
    return before.name if before else None


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
