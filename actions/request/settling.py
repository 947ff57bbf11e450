"""What a person says became of an uncertain request: it never started, it is that run, or that is how it ended."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from actions.request.approvals import pair_of, reason_in, reason_of
from actions.request.said import Said, Values, about
from assistant.contracts.change import ChangeRequest, State

_NO = r"(?:\s*(?:no\b\.?|nr\b\.?|number|id))?\W{0,2}#?"
_RUN = re.compile(
    rf"/actions/runs/(\d+)|/job/\S+?/(\d+)/?(?:\s|$)|\b(?:run|build){_NO}(\d+)|^\W*#?(\d+)\W*$", re.IGNORECASE
)
_REQUEST = re.compile(rf"\b(?:request|settle|settling){_NO}(\d+)\b", re.IGNORECASE)
_NEVER = re.compile(r"\bnever\b", re.IGNORECASE)
_IS = r"(?:'s|’s| is| was| has)"
_IT = r"(?:it|that|the run|(?:request|run)\W{0,2}\d+)"
_ENDS = {
    State.FAILED: r"fail(?:ed|ure)?",
    State.SUCCEEDED: r"succeeded|success(?:ful|fully)?|went (?:through|well|out)|worked|done",
    State.CANCELLED: r"cancell?ed|aborted|stopped",
}
_END = re.compile("|".join(rf"(?P<{state.name}>\b(?:{words})\b)" for state, words in _ENDS.items()), re.IGNORECASE)
_ENDED = re.compile(
    rf"\W*(?:(?:so|ok|please|request\W{{0,2}}\d+)\W+)*{_IT}{_IS}?(?: been)? (?:over|{'|'.join(_ENDS.values())})\b",
    re.IGNORECASE,
)
_STARTED = re.compile(
    r"\b(?:never|did ?n[o'’]?t|did not|has ?n[o'’]?t|has not|was never) (?:really |actually |even )?"
    r"(?:start|ran|run|began|begin|begun|happen|go out|arrive|trigger)\w*\b"
    r"|/actions/runs/\d+|/job/\S+/\d+",
    re.IGNORECASE,
)
_IS_RUN = re.compile(rf"\b(?:it|that|request \W?\d+){_IS} (?:run|build){_NO}\d", re.IGNORECASE)
_SETTLE = re.compile(r"\W*(?:(?:please|pls|ok|can you|could you|i(?:'d| would)? (?:want|like) to)\W+)*settle\b", re.I)
ENDS = tuple(state.value for state in _ENDS)
"""The ends that a person may tell of a run, as a button or the open question names them."""


@dataclass(frozen=True)
class Finding:
    """What a person found out about an uncertain request.

    Attributes:
        shown: number and revision of it, None when neither a button nor the open question says.
        run: the run that it is, as a link or its number names it.
        ended: how its run ended; with neither of both it never started.
        reason: how they know.
        asks: what is still to be asked for (``never``, or an end: how they know; ``found``: which run); ``settle``
            when nothing is said of it yet.
    """

    shown: tuple[int, int] | None
    run: str | None = None
    ended: State | None = None
    reason: str = ""
    asks: str = ""


def question(asks: str) -> str:
    """The question for what is missing (``Finding.asks``)."""
    if asks == "found":
        return "Which run is it? Paste its link, or say “run” and its number."
    what = "never started" if asks == "never" else "was cancelled" if asks == State.CANCELLED.value else asks
    return f"How do you know that it {what}? It stays in the audit log."


def settles(text: str) -> bool:
    """Whether words may say what became of an uncertain request; "it failed" says it of many other things."""
    return settles_only(text) or bool(_STARTED.search(text) or (_ENDED.match(text) and not text.rstrip().endswith("?")))


def settles_only(text: str) -> bool:
    """Whether words say that of a request and can mean nothing else: "it is run 18", "settle request 3"."""
    return bool(_IS_RUN.search(text) or _SETTLE.match(text)) and not text.rstrip().endswith("?")


def names_request(text: str) -> bool:
    """Whether the request is named by its number."""
    return _REQUEST.search(text) is not None


def finding(message: Said) -> Finding:
    """What is said of an uncertain request by a button, in words, or as the answer to the question that is open."""
    open_question = about(message.question, "approvals") or {}
    asks = (open_question.get("asks") or [""])[0]
    kind, _, pair = (message.values.get("shown") or [""])[0].partition(" ")
    if pair:
        return Finding(pair_of(pair), ended=State(kind) if kind in ENDS else None, asks=kind)
    shown = pair_of(open_question["shown"][0]) if asks else None
    if asks == "never" or asks in ENDS:
        return Finding(shown, ended=State(asks) if asks in ENDS else None, reason=message.text.strip())
    found, tells_end = _RUN.search(message.text), _ENDED.match(message.text)
    if found and not tells_end:  # "run 18 failed" names no other run
        return Finding(shown, run=next(filter(None, found.groups())), reason=message.text.strip())
    reason = reason_of(message)
    if not tells_end and (_STARTED.search(message.text) or _NEVER.search(message.text)):
        return Finding(shown, reason=reason, asks="" if reason else "never")
    return Finding(shown, asks="found") if asks else _ended(message.text, reason)


def _ended(text: str, reason: str) -> Finding:
    """The one end that is told; "it succeeded or failed" tells none. What only says the end is no reason for it."""
    told = {str(one.lastgroup) for one in _END.finditer(text)}
    if len(told) != 1:
        return Finding(None, asks="settle")
    ended = State[told.pop()]
    knows = re.sub(rf"^\W*(?:{_IT}{_IS}? )?{_END.pattern}\W*", "", reason, flags=re.IGNORECASE)
    because = (reason_in(knows) or knows).strip()
    return Finding(None, ended=ended, reason=because, asks="" if because else ended.value)


def settled_request(message: Said, open_ones: Sequence[ChangeRequest]) -> tuple[int, int] | None:
    """The request that the words are about: named by its number, else the one shown last, else the only one.

    A number after "run" is none of a request. None when the words leave it open; the revision is 0 for a number that
    is not among ``open_ones``: whoever carries it out says why it can't be.
    """
    if named := _REQUEST.search(message.text):
        number = int(named[1])
        return next(((one.number, one.revision) for one in open_ones if one.number == number), (number, 0))
    last = (message.subject or {}).get("values") or {}
    for values in (message.values, last, {}):
        fitting = [one for one in open_ones if _is_at(one, values)]
        if len(fitting) == 1:
            return fitting[0].number, fitting[0].revision
    return None


def _is_at(one: ChangeRequest, values: Values) -> bool:
    services, places = values.get("service"), values.get("environment")
    return (not services or one.scope.service in services) and (not places or one.scope.environment in places)
