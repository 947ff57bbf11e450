"""Messages that speak of a change without asking for it: negated, hypothetical, a question, a report, or a log."""

from __future__ import annotations

import re

_NEGATED = re.compile(
    r"\b(?:(?:do not|don'?t|dont)(?! let\b)|please not|never|must not|mustn'?t|should not|shouldn'?t|shouldnt"
    r"|not yet|not to"
    r"|without|instead of|rather than|hold off|refrain from|avoid|no need to|stop short of|i didn'?t|i did not"
    r"|didnt)\s+(?:\w+\s+){0,3}?"
    r"(?:deploy|ship|release|promote|roll|push|roll(?:ing)? back|revert|restart|rerun|re-run|retry|cancel"
    r"|abort|stop|kill|approve|reject|lock|unlock|silence|mute"
    r"|acknowledge|ack|subscribe|create|deploying|shipping|rolling|approving|rejecting|releasing|locking"
    r"|unlocking|silencing|muting)\b"
    # "shall not be approved", "must never get deployed"
    r"|\b(?:not|never|cannot|\w+n['’]?t)\s+(?:be|get|have been|being|yet be)\s+(?:\w+\s+)?"
    r"(?:deployed|shipped|released|promoted|rolled (?:out|back)|reverted|approved|cancell?ed|stopped|locked|unlocked"
    r"|silenced|muted|acknowledged|re-?run|restarted)\b",
    re.IGNORECASE,
)
_HYPOTHETICAL = re.compile(
    r"\bwhat (?:would|could|might|happens|if|will happen)\b.*\b(?:if|when|happen)\b|\bwhat if\b|\bif (?:i|we"
    r"|you|somebody|someone|they) (?:were to|would|had|deployed|shipped|released"
    r"|rolled|pushed|approved|locked|silenced|reverted|cancelled|canceled|stopped)\b|\bsuppos(?:e|ing)\b"
    r"|\bhypothetically\b|\bassum(?:e|ing)\b|\bwould (?:it|that|anything|something) (?:break|be safe|hurt|help"
    r"|work)\b"
    r"|\bwhat (?:would|will) (?:i|we) be (?:deploying|shipping|releasing)\b|\bdry[- ]run\b|\bin theory\b"
    r"|\bshould (?:i|we)\b",
    re.IGNORECASE,
)
# One clause that asks how something is done or whether it is: "how do I roll back?", "is HighErrorRate silenced?".
_ASKED = re.compile(
    r"\W*(?:(?:hey|hi|hello|so|ok|okay|and|but|also|wait|sorry|please)\W+)*"
    r"(?:how (?:do|does|did|can|could|should|would|to|come|often|many|long)\b(?! you\b)"
    r"|why\b(?! not\b| don'?t (?:we|you)\b)|where\b|which\b|what(?:'s)?\b(?! about\b)|when (?:is|was|did|does|will)\b"
    r"|(?:did|does|has|had)\b|have (?:i|we|they)\b|(?:am|may|must) i\b|may we\b"
    r"|do (?:i|we|they)\b|can (?:anyone|i approve)\b"
    r"|(?:is|are|was|were)\b(?! you\b| it (?:ok|okay|possible)\b| there a way\b)|who\b|(?:until|since) when\b)"
    r"[^,;.!?\n]*(?:\.\d[^,;.!?\n]*)*[?!.]*\s*",
    re.IGNORECASE,
)
_LOG = re.compile(
    r"```|^\s*(?:at [\w.$]+\(|Traceback \(most recent|File \"[^\"]+\", line \d+|Caused by:|goroutine \d+)"
    r"|\b[\w.]+(?:Exception|Error): "
    r"|^\W*\[?\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}|^\W*\[?(?:ERROR|WARN|INFO|DEBUG|FATAL)\]?[: ]",
    re.MULTILINE,
)

_DEPLOYED = r"(?:(?:re)?deployed|shipped|released|promoted|pushed|rolled (?:back|out)|reverted|locked|silenced|reran)"
_PAST = r"\b(?:last|yesterday|ago|earlier|this morning|back then|failed|broke|crashed)\b"
# "I deployed it", "we tried to deploy it": what was done, by whoever did it.
_REPORT = re.compile(
    r"\b(?:i|we|he|she|they|somebody|someone)(?:['’]ve|['’]d|['’]s| have| has| had)?"
    rf"(?: (?:just|already|then|only|also))* (?:{_DEPLOYED}|(?:tried|attempted|failed|planned|were going) to \w+)\b",
    re.IGNORECASE,
)
_WISHED = re.compile(r"\b(?:wanted|meant|hoped|intended|were about|was about) to \w+", re.IGNORECASE)
_NOUN = re.compile(
    r"\b(?:the|a|an|that|this|last|new|my|our|its|their) (?:deploy|release|rollback|push|lock|build)\b", re.IGNORECASE
)
_ORDER = re.compile(
    r"\b(?:(?:re)?deploy|ship|release|promote|push|bring|put|get|roll|rollback|revert|re-?run|retry|restart|approve|reject"
    r"|cancel|abort|stop|drop|kill|pause|resume|(?:un)?lock|silence|mute|ack\w*|settle|subscribe|create|take|undo|make"
    r"|interrupt|let|please|(?:can|could|would) you|(?:how|what) about|need|want)\b",
    re.IGNORECASE,
)
_SOME_DAY = re.compile(
    r"\b(?:some ?day|one (?:of these )?days?|some ?time(?! ago)|at some (?:time|point)|eventually|sooner or later"
    r"|not (?:today|now|right now|this week))\b",
    re.IGNORECASE,
)
_CHANGE = re.compile(r"\b(?:(?:re)?deploy|ship|releas|promot|roll|revert|push|lock)", re.IGNORECASE)
# What is taken back is taken back now; a time to come is told so by whoever is asked for it.
_NOW_OR_THEN = re.compile(
    r"\b(?:cancel|abort|stop|drop|kill|reject|unlock|pause|tonight|tomorrow|later|next \w+)\b", re.IGNORECASE
)
_WHY = re.compile(r"\b(?:because|since|reason|due to)\b", re.IGNORECASE)
_RULES_OUT = re.compile(
    r"\b(?:not|never|anything but|anywhere but|instead of|rather than)\s+"
    r"(?:(?:to|in|on|into|onto|for|at)\s+)?(?:the\s+)?$",
    re.IGNORECASE,
)


def withholds(text: str) -> bool:
    """Whether a message must not start a change, whatever words it uses."""
    spoken_of = is_hypothetical(text) or is_asked(text) or is_reported(text) or is_some_day(text)
    return is_negated(text) or spoken_of or quotes_log(text)


def is_reported(text: str) -> bool:
    """ "I deployed it, tell ben", "last week we wanted to deploy it"; with an order beside it, it is that order."""
    rest = _REPORT.sub(" ", text)
    if re.search(_PAST, text, re.IGNORECASE):
        rest = _WISHED.sub(" ", rest)
    return rest != text and not _ORDER.search(_NOUN.sub(" ", rest))


def is_some_day(text: str) -> bool:
    """ "We should deploy it some day, but not today"."""
    why = _WHY.search(text)
    said = text[: why.start()] if why else text
    return bool(_SOME_DAY.search(said) and _CHANGE.search(said)) and not _NOW_OR_THEN.search(said)


def rules_out(before: str) -> bool:
    """Whether the words right before a name rule it out: "not to" prod."""
    return bool(_RULES_OUT.search(before))


def is_negated(text: str) -> bool:
    """ "don't deploy", "never roll back on fridays"."""
    return bool(_NEGATED.search(text))


def is_hypothetical(text: str) -> bool:
    """ "what would happen if we deployed", "suppose we roll back"."""
    return bool(_HYPOTHETICAL.search(text))


def is_asked(text: str) -> bool:
    """ "how do I roll back?", "is it locked?", "who approved 57?"; with a further clause it may be a request."""
    return bool(_ASKED.fullmatch(text))


def quotes_log(text: str) -> bool:
    """A pasted log, stack trace or code block."""
    return bool(_LOG.search(text))
