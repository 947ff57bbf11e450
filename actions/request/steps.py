"""What a message does with the change of its conversation: answers, corrects, confirms, drops it, or asks about it."""

from __future__ import annotations

import re
from enum import Enum

from actions.request.change import KINDS, Asked, kept, left_out
from actions.request.given_back import gives_back
from actions.request.phrases import breaks_glass, not_wanted, orders
from actions.request.reasons import gives_reason
from actions.request.said import Said
from actions.request.which import Which, goes_back, which_of
from assistant.language import negation
from assistant.language.consent import nods, tied
from assistant.language.follow_up import points_back
from assistant.language.question import is_question


class Step(Enum):
    """What a message does with the change that is open or was the last one."""

    ANSWER = "answer"
    CORRECTION = "correction"
    YES = "yes"
    NO = "no"
    SAME = "same"
    MORE = "more"
    ABOUT = "about"
    CONTENT = "content"


BARE = ("inform", "deny", "affirm", "stop", "nlu_fallback", "out_of_scope")
"""Intents of messages that may be no request of their own."""

_SAME = re.compile(r"\bsame\b", re.IGNORECASE)
_CORRECTS = re.compile(
    r"\W*(?:(?:no+|nope|nah|wait(?! for\b)|hold on(?! to\b)"
    r"|hmm?|sorry|oops|ah|actually|rather|i meant?|make (?:it|that)|not that)\b\W*)+",
    re.IGNORECASE,
)
_MEANT = re.compile(r"\bi mean(?:t)?\b|\binstead\b|\brather\b", re.IGNORECASE)
_READS_ON = re.compile(r"\W*(?:and|what about|how about|how)\b", re.IGNORECASE)
_YES = re.compile(
    r"\W*(?:(?:yes|yep|yeah|sure|ok|okay|please|pls|now|then|just|go|go ahead|go for it|do it|confirm(?:ed)?|ship it"
    r"|deploy it|roll it back|start it|both)\b\W*)+",
    re.IGNORECASE,
)
_OF_IT = re.compile(
    r"\b(?:sure|certain|serious|really|safe|risk\w*|dangerous|happens?|break|go wrong)\b"
    r"|\b(?:who|does|need\w*)\b.*\bapprov|\bwhat (?:does|will|would) (?:it|this|that)\b",
    re.IGNORECASE,
)
_CONTENT = re.compile(
    r"\W*(?:(?:and|so|ok|okay|wait|hm+|but|please)\W+)*(?:"
    r"what(?:['’]?s| is| are)? (?:new |actually |all )*in (?:it|that|this|there)(?: one| version| release)?"
    r"|what(?:['’]?s| is) new|what (?:has )?changed(?: in (?:it|that|this))?"
    r"|what changes(?: are (?:in (?:it|that)|those))?"
    r"|(?:which|what) commits?(?: (?:is|are|would|does|do|will) (?:it|that|this|they|those|these|in (?:it|that))"
    r"(?: (?:be|bring|include|contain))?)?|(?:show|list)(?: me)? (?:the|its|those|these|all) (?:commits|changes)"
    r"|what (?:would|will|does|do) (?:it|that|this) (?:bring|contain|include|ship)(?: in)?"
    r")(?:\W+(?:exactly|then|now|please))*\W*",
    re.IGNORECASE,
)
_ADDS = re.compile(r"\W*(?:(?:and|also|plus|add)\b\W*)+(?!what\b|how\b)|\b(?:too|also|as well)\W*$", re.IGNORECASE)
_SHORT = re.compile(r"\W*(?:[\w'’]+\W+){0,5}[\w'’]+\W*")
_SAYS_YES = re.compile(
    r"\b(?:yes|yep|yeah|ok|okay|sure|fine|go ahead|do it|go for it|approved?|agreed|confirmed)\b", re.IGNORECASE
)
_OTHERS = ("ask_status", "list_alerts", "ask_docs", "find_runbook", "ask_metric", "ask_on_call")


def next_step(message: Said) -> Step | None:
    """What a message does with the change of this conversation; None for whatever is a matter of its own."""
    asked = kept(message)
    if asked is None or gives_back(message):
        return None
    names = any(message.values.get(kind) for kind in KINDS) or bool(message.unresolved)
    if not asked.is_open:
        return _of_last(message, asked, names)
    bare = message.intent in ("affirm", "deny", "stop") and not names
    if bare and message.question is not None and not message.values.get("shown"):
        return None  # said to the question that was asked after it
    if out := left_out(message, asked):
        other = set(message.values.get("service", ())) - out
        return Step.CORRECTION if other or len(out) < len(asked.parts) else Step.NO
    if asked.drafts and (message.subject or {}).get("change") and not names and _CONTENT.fullmatch(message.text):
        return Step.CONTENT
    if asked.drafts and not names and _asks_of_it(message):
        return Step.ABOUT
    if (message.intent in ("deny", "stop") and not names) or _is_refused(message, asked):
        return Step.NO
    corrects = _CORRECTS.match(message.text) and not negation.is_reported(message.text)
    # "Should I say yes?", "yes if ci is green", "priya said yes": answered as a yes that is none.
    doubted = bool(asked.drafts) and not names and (message.intent == "affirm" or _half_agrees(message))
    if asked.asks != "reason" and negation.withholds(message.text) and not corrects and not doubted:
        return None
    if asked.drafts:
        return _of_drafts(message, asked, names)
    return Step.ANSWER if _is_answer(message, asked) else None


def _of_last(message: Said, asked: Asked, names: bool) -> Step | None:
    """What goes on with a change that is not open any more, while nothing else was spoken of."""
    if not (message.subject or {}).get("change"):
        return None
    if not names and (breaks_glass(message) or _undoes(message)):
        return Step.SAME  # what a gate stopped, or what was done last
    if not names:
        return Step.ABOUT if message.intent == "ask_risk" and _asks_of_it(message) else None
    if _CORRECTS.match(message.text):
        return Step.CORRECTION
    return Step.SAME if _SAME.search(message.text) and message.intent in _own(asked, "ask_status") else None


def _undoes(message: Said) -> bool:
    """ "Undo", "revert that", "roll it back", about nothing but what was done last."""
    return goes_back(message.text) and _SHORT.fullmatch(message.text) is not None and not is_question(message.text)


def _names_alone(message: Said) -> bool:
    """Whether it is nothing but names: right after a question they are said for the change, whichever it asked for."""
    named = any(message.values.get(kind) for kind in KINDS)
    return named and (message.follow_up or message.intent == "inform")


def _half_agrees(message: Said) -> bool:
    """A yes that is none: "yes if ci is green", "priya said yes", a thumb; it is answered as what it is."""
    return nods(message.text) or bool(_SAYS_YES.search(message.text) and tied(message.text))


def _own(asked: Asked, *more: str) -> tuple[str, ...]:
    return (asked.verb.value, *BARE, *more)


def _asks_of_it(message: Said) -> bool:
    """ "Are you sure?", "what will happen?", "who has to approve this?": asked of what waits for a yes."""
    text = message.text
    asks = is_question(text) or text.rstrip().endswith("?")
    of_it = message.intent not in (*_OTHERS, "affirm") and _OF_IT.search(text)
    last = bool((message.subject or {}).get("change")) and message.intent in BARE
    return asks and bool(of_it or (last and points_back(text)))


def _is_refused(message: Said, asked: Asked) -> bool:
    """Whether what is asked for, or shown, is negated: "don't deploy payments to prod" is no answer to "where?"."""
    if asked.asks == "reason" or not (negation.is_negated(message.text) or not_wanted(message)):
        return False
    return bool(asked.asks) or _is_named_in(message, asked)


def _of_drafts(message: Said, asked: Asked, names: bool) -> Step | None:
    own = message.intent in _own(asked)
    if breaks_glass(message) and not message.values.get("service"):
        return Step.CORRECTION
    if not names:
        yes = message.intent == "affirm" or _half_agrees(message) or (own and _YES.fullmatch(message.text))
        return Step.YES if yes else None
    if message.intent == "affirm":
        return Step.YES if _is_named_in(message, asked) and not _names_some(message, asked) else Step.CORRECTION
    if orders(message):
        return None
    if _CORRECTS.match(message.text) or (_MEANT.search(message.text) and own):
        return Step.CORRECTION
    last = (message.subject or {}).get("change")
    if last and _ADDS.search(message.text) and not is_question(message.text):
        return Step.MORE
    last = last and not _READS_ON.match(message.text)
    bare = message.intent in ("inform", "deny", "affirm", "stop") or message.follow_up
    return Step.CORRECTION if last and bare else None


def _names_some(message: Said, asked: Asked) -> bool:
    """Whether it names some services of several: "yes to payments" is no yes to the others."""
    services = message.values.get("service", ())
    return bool(services) and len(services) < len(asked.parts)


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
    if asked.asks == "reason":
        return gives_reason(message)
    if _READS_ON.match(message.text) or message.text.rstrip().endswith("?"):
        return False
    # "Deploy it to staging" answers "where?"; with a service of its own it is a request of its own.
    if orders(message) and (asked.asks != "service" or breaks_glass(message)):
        return False
    given = (
        message.values.get(asked.asks or "")
        or (_names_alone(message) and not asked.reminded)
        or any(error.kind == asked.asks for error in message.unresolved)
        or (asked.asks == "version" and which_of(message.text) is Which.NEWEST)
    )
    own = message.intent == asked.verb.value and (asked.asks == "service" or not message.values.get("service"))
    return bool(given) and (message.intent in BARE or own)
