"""Messages that speak of a change without asking for it: negated, hypothetical, a question, or a log's quotation."""

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


def withholds(text: str) -> bool:
    """Whether a message must not start a change, whatever words it uses."""
    return is_negated(text) or is_hypothetical(text) or is_asked(text) or quotes_log(text)


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
