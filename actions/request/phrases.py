"""Short sentences about changes that mean one thing, whatever the model makes of them: each names its action.

An action that finds nothing which the words could be about leaves them to what the model made of them
(``AssistantAction.takes``).
"""

from __future__ import annotations

import re

from actions.request.access import asks_who_may
from actions.request.given_back import gives_back
from actions.request.reasons import gives_reason, without_ends
from actions.request.said import Said, about
from actions.request.settling import ENDS, settles
from assistant.language import everyday, negation
from assistant.language.consent import nods
from assistant.language.follow_up import points_back
from assistant.language.question import is_question
from assistant.language.questions import halves

_POLITE = (
    r"\W*(?:(?:so|and|ok|okay|hey|hi|please|pls|now|actually|wait|no|hm+|uh+|oh|argh|oops|damn|can you|could you|let'?s"
    r"|we need to)\W+)*"
)
_MINE = r"(?:my|the|our|that|this)"
_CHANGE = r"(?:deploy(?:ment)?s?|rollbacks?|releases?|rollouts?|requests?|changes?)"

_HOW_GOES = re.compile(
    _POLITE + r"(?:"
    r"how(?:'?s|’s| is| are| did| goes) (?:it|that|this)(?: (?:going|doing|looking|coming along|go|end))?"
    rf"|how(?:'?s|’s| is| did) {_MINE} {_CHANGE}(?: (?:going|doing|coming along|go|end))?"
    rf"|(?:is|are) (?:it|that|we|they|{_MINE} {_CHANGE}) (?:done|finished|out|through|there|deployed|rolled out)"
    rf"|(?:is|are) (?:it|that|we|they|{_MINE} {_CHANGE}) still (?:going|running)"
    rf"|did (?:it|that|they|{_MINE} {_CHANGE})"
    r" (?:work|go through|go out|succeed|finish|fail|make it|land|deploy)(?: out)?"
    rf"|has (?:it|that|{_MINE} {_CHANGE}) (?:finished|started|ended|gone out|landed|been deployed|gone through)"
    rf"|(?:what(?:'?s|’s| is) )?the (?:status|state|progress) of (?:it|that|{_MINE} {_CHANGE})"
    r"|how long (?:will|does|is) (?:it|that|this) (?:still )?(?:take|going to take|need)|eta"
    r"|(?:tell|ping|let|notify|message) me (?:know )?when (?:it|that|this)(?:['’]?s| is| has)"
    r" (?:done|finished|out|over|deployed)"
    r"|how far (?:is it|are we)|where (?:is it|are we) (?:with (?:it|that)|now|at)"
    rf"|what(?:'?s|’s| is) happening (?:with|to) (?:it|that|{_MINE} {_CHANGE})"
    rf"|any (?:news|progress|updates?)(?: on (?:it|that|{_MINE} {_CHANGE}))?"
    r")(?:\W+(?:yet|now|already|then|so far|please))*\W*",
    re.IGNORECASE,
)
_OWN = re.compile(rf"\bmy {_CHANGE}\b", re.IGNORECASE)
_NUMBER = re.compile(r"\brequest\W{0,2}\d+\b", re.IGNORECASE)
_BESIDE_A_NUMBER = frozenset(
    everyday.words(
        """
        about and did doing done end ended explain fail failed finish finished go going happened has how how's hows is
        it me now of ok on out please progress show so started state status succeed succeeded tell the through to up was
        what what's whats where with work yet
        """
    )
)
_ENDS_PAUSE = re.compile(
    _POLITE + r"(?:resume|un-?pause|(?:end|lift|stop) the pause|you (?:can|may) (?:change|deploy)"
    r"|(?:allow|enable) (?:all )?" + _CHANGE + r" again|go on with " + _CHANGE + r")\b.*",
    re.IGNORECASE,
)
_EVERYTHING = (
    r"(?:(?:absolutely )?(?:everything|all|every|any)(?: (?:of )?(?:the )?" + _CHANGE + r")?"
    r"|(?:deployments|deploys|changes|releases|rollouts)|yourself|the (?:assistant|bot))"
)
_PAUSES = re.compile(
    _POLITE + rf"(?:(?:pause|suspend|halt|stop|freeze|block) {_EVERYTHING}|pause|be paused"
    r"|(?:go|become|be|turn|(?:make|put) (?:yourself|the (?:assistant|bot)))(?: in(?:to)?)? read[- ]?only)"
    r"(?:\W+(?:mode|everywhere|now|right now|at once|immediately|for everybody|for everyone|for now|please|pls|plz))*"
    r"(?:\s*[,:;–—-].*|\W+(?:because|since|reason|as|due to|for|we|there)\b.*)?\W*",
    re.IGNORECASE,
)
_IS_PAUSED = re.compile(
    r"\W*(?:(?:is|are) (?:it|you|everything|we|anything|the (?:assistant|bot))|who|why|since when|when)\b.*"
    r"\b(?:paused?|read[- ]only)\b.*",
    re.IGNORECASE,
)
_TAKES_BACK = re.compile(
    _POLITE + r"(?:cancel|abort|withdraw|scrap|revoke|drop|kill|stop|halt|undo|retract|pull|take|call)"
    r"(?: (?:it|that|this|them|those|back|off|again|down|everything|all|of|mine|"
    rf"{_MINE} {_CHANGE}|my|own|waiting|open|requests?|#?\d+))+\W*(?:please|again|then|for now|now)?\W*",
    re.IGNORECASE,
)
_TAKES_OVER = re.compile(r"\b(?:take|taking) (?:\w+ ){0,4}over\b|\btakeover\b", re.IGNORECASE)
_AGAIN = re.compile(r"\b(?:re-?run|retry|redo|repeat)\b|\brun\b.{0,60}\bagain\b", re.IGNORECASE)
_DEPLOYED = re.compile(r"\b(?:deploy(?:ment)?|release|rollout)s?\b", re.IGNORECASE)
_GLASS = r"(?:break(?:ing)?(?: the|-the)?[ -]glass|emergency override)"
_ORDERS = re.compile(
    _POLITE + rf"(?:{_GLASS}\W+(?:and |to )?)?"
    r"(?:(?:re)?deploy|ship|release|promote|roll(?:ing)?|rollback|revert|restart)\b",
    re.IGNORECASE,
)
EVERYTHING = re.compile(r"\b(?:everything|(?:all|every)(?: (?:of )?(?:the|our))? services?)\b", re.IGNORECASE)
_KINDS = tuple(
    re.compile(_POLITE + rf"(?:{verbs})\b", re.IGNORECASE)
    for verbs in (
        r"(?:re)?deploy|ship|release|promote",
        r"roll\b.*\bback|roll ?back|revert",
        "lock",
        "unlock",
        "approve",
        "reject|cancel|abort",
        "re-?run|retry",
    )
)
_BREAKS_GLASS = re.compile(rf"{_POLITE}{_GLASS}\b|\b{_GLASS}\W*$", re.IGNORECASE)
_APPROVES = re.compile(_POLITE + r"(?:lgtm\W+)?(?:i )?(?:hereby )?approved?\b", re.IGNORECASE)
_REJECTS = re.compile(_POLITE + r"(?:i )?(?:hereby )?(?:reject|decline)(?:ed)?\b", re.IGNORECASE)
_HOLDS = re.compile(_POLITE + r"(?:pause|suspend|halt|freeze|block|hold)\b", re.IGNORECASE)
_UNCLEAR = ("nlu_fallback", "out_of_scope", "inform")

_BUILD = r"(?:it|that|the (?:re-?run|build|retry))"
_DID_IT_PASS = re.compile(
    _POLITE + rf"(?:(?:did|has|is|was) {_BUILD} (?:pass|passed|green|red|fail|failed|go green|work)"
    rf"|(?:is|did) {_BUILD} (?:green|done|finished|finish|through))(?:\W+(?:yet|now|this time))*\W*",
    re.IGNORECASE,
)
_JUDGES = re.compile(
    r"\W*(?:👍|👎|:thumbs(?:up|down):)\W*"
    r"|\W*(?:(?:no|nope|hm+|sorry|but)\W+)*(?:this|that)(?:['’]?s| is| was) (?:just |plain |all )?"
    r"(?:wrong|incorrect|nonsense|outdated|not (?:right|true|correct))\b[^?]*",
    re.IGNORECASE | re.DOTALL,
)
_WANTS_NOT = re.compile(
    r"\W*(?:(?:no|please|hey|ok|but)\W+)*(?:(?:i|we) )?(?:don['’]?t|do not|let['’]?s not|never)(?: want to)? "
    r"(?:\w+ ){0,2}(?:(?:re)?deploy|ship|release|promote|roll|push|revert|start|re-?run|restart|approve)\b[^?]*"
    rf"|{_POLITE}(?:hold|wait) off\b[^?]*"
    rf"|{_POLITE}(?:hold|pause|suspend|postpone|delay|defer|wait with|put off)\b[^?]*"
    r"\b(?:deploy(?:ment)?|release|rollout|rollback)(?:\W+(?:for now|please|pls|yet))*\W*",
    re.IGNORECASE,
)
_BUTTONS = {
    **dict.fromkeys(("never", "found", "settle", *ENDS), "action_settle"),
    **dict.fromkeys(("pause", "resume"), "action_pause"),
}
"""The first word of what a button carries in ``shown`` → the action that it is for."""


def meant_action(message: Said) -> str | None:
    """The action that the words of a message, or the button behind it, name; None for most."""
    shown = (message.values.get("shown") or [""])[0].partition(" ")[0]
    if shown in _BUTTONS:
        return _BUTTONS[shown]
    return _by_words(message)


def question_answered(message: Said) -> str | None:
    """The action whose question, asked last, the message answers: why, how one knows, which run, or a yes."""
    (asks,) = (about(message.question, "locks") or {}).get("asks") or ("",)
    if asks and gives_reason(message) and not not_wanted(message):
        return "action_pause" if asks == "pause" else "action_lock"
    (asks,) = (about(message.question, "approvals") or {}).get("asks") or ("",)
    told = asks == "found" and message.intent not in ("deny", "stop") and not is_question(message.text)
    if told or (asks in ("never", *ENDS) and gives_reason(message)):
        return "action_settle"
    agreed = message.intent == "affirm" and not message.values.get("shown")
    return "action_rerun" if agreed and (about(message.question, "pipelines") or {}).get("passed") else None


def not_wanted(message: Said) -> bool:
    """Whether it is said that something shall not start: "don't ship payments yet", "hold the checkout deploy"."""
    return bool(_WANTS_NOT.fullmatch(message.text)) and not negation.is_hypothetical(message.text)


def two_orders(text: str) -> tuple[str, str] | None:
    """Two changes of different kinds in one message ("deploy payments and lock staging"); None for all others."""
    for first, second in halves(text):
        kinds = [next((at for at, one in enumerate(_KINDS) if one.match(half)), None) for half in (first, second)]
        if None not in kinds and kinds[0] != kinds[1]:
            return first, second
    return None


def breaks_glass(message: Said) -> bool:
    """Whether the glass is to be broken."""
    return bool(_BREAKS_GLASS.search(message.text)) and not is_question(message.text)


def takes_back(message: Said) -> bool:
    """Whether “it” is to be cancelled or stopped, whatever it is; "no" and "never mind" only answer a question."""
    return bool(_TAKES_BACK.fullmatch(stop_alone(message.text)))


def stop_alone(text: str) -> str:
    """The order to stop without a question behind it: "stop it, who did this?" stops it first."""
    order, _, rest = re.sub(r"[,;.!–—-]\s+", "\0", text, count=1).partition("\0")
    return order if is_question(rest) and _TAKES_BACK.fullmatch(order) else text


def asked_about_rerun(message: Said) -> bool:
    """Whether words ask how what was run again went, when the conversation has turned to something else since."""
    earlier = (message.subject or {}).get("capability")
    return bool(message.rerun) and earlier not in ("pipelines", "logs") and bool(_DID_IT_PASS.fullmatch(message.text))


def _by_words(message: Said) -> str | None:
    text, named = message.text, bool(message.values.get("service") or message.values.get("environment"))
    if message.values.get("run") and asks_who_may(text):  # "who can approve 57?"
        return "action_progress"
    if _JUDGES.fullmatch(text):
        return "action_feedback"
    if not_wanted(message):
        return "action_drop"
    of_build = (message.subject or {}).get("capability") in ("pipelines", "logs") and not asks_for_own(message)
    if _of_one_request(text) or (_HOW_GOES.fullmatch(text) and not named and not of_build):
        return "action_progress"
    if _IS_PAUSED.fullmatch(text):
        return "action_pause"
    if gives_back(message):
        return "action_unlock"
    if negation.withholds(text) and not settles(text):
        return None
    if not named and (_ENDS_PAUSE.fullmatch(text) or _PAUSES.fullmatch(without_ends(message))):
        return "action_pause"
    if two_orders(text) or (nods(text) and message.intent in _UNCLEAR):
        return "action_drop"
    if settles(text):
        return "action_settle"
    if _TAKES_OVER.search(text):
        return "action_lock"
    if _AGAIN.search(text) and _DEPLOYED.search(text):
        return "action_rerun"
    if not named and takes_back(message):
        return "action_cancel"
    if breaks_glass(message):
        return "action_deployments"
    return _by_first_word(message)


def _by_first_word(message: Said) -> str | None:
    """An order is one by its first word, where the model is not sure because of all that follows it."""
    text, service = message.text, bool(message.values.get("service"))
    if orders(message) and message.intent in _UNCLEAR:
        return "action_deployments"
    if message.intent not in _UNCLEAR:
        return None
    if _APPROVES.match(text):
        return "action_approve"
    if _REJECTS.match(text):
        return "action_reject"
    return "action_lock" if (service or message.values.get("environment")) and _HOLDS.match(text) else None


def orders(message: Said) -> bool:
    """Whether a message begins with an order to change something and says of what: a wish of its own."""
    unknown = any(error.kind == "service" for error in message.unresolved)
    of_what = message.values.get("service") or message.values.get("team") or unknown or EVERYTHING.search(message.text)
    return bool(of_what and _ORDERS.match(message.text))


def _of_one_request(text: str) -> bool:
    """ "How's request 57?", "request 57": nothing but a number and words that ask for its state."""
    beside = re.findall(r"[\w'’]+", _NUMBER.sub(" ", text.lower()).replace("’", "'"))
    return bool(_NUMBER.search(text)) and _BESIDE_A_NUMBER.issuperset(beside)


def asks_for_own(message: Said) -> bool:
    """Whether what is asked about is the speaker's own: "how's my deploy going?"."""
    return _OWN.search(message.text) is not None


def ends_pause(message: Said) -> bool:
    """Whether the pause is to end, by a button or in words."""
    return "resume" in message.values.get("shown", ()) or bool(_ENDS_PAUSE.fullmatch(message.text))


def asks_whether_paused(message: Said) -> bool:
    """Whether it is only asked if, or why, everything is paused."""
    return bool(_IS_PAUSED.fullmatch(message.text))


def takes_over(message: Said) -> bool:
    """Whether somebody else's lock is to become one's own, by a button or in words."""
    return "take over" in message.values.get("shown", ()) or bool(_TAKES_OVER.search(message.text))


def points_at_last(message: Said) -> bool:
    """Whether “that” is meant, and no number or name."""
    return points_back(message.text) and not message.values.get("run")
