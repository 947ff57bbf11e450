"""Whether a message only goes on with the question before it: "and prod?", "the qa one", "just the failed ones"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.language import everyday
from assistant.language.mention import Mention

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_FUNCTION_WORDS = everyday.words(
    """
    a about actually again all also an and any as at but by either else environment env environments envs for from
    hm hmm how how's hows i i'd i'll i'm im in instead into is it's its just maybe mean meaning meant more no nope
    not now of oh ok okay on once one ones only or other perhaps please pls plz rather running right same see
    service services show so sorry team than that that's the them then there they this those though to too uh um
    us version vs want was we well were what what's whats with yeah yep yes you
    """
)


_OPENING = re.compile(
    r"(?:(?:and|ok|okay|so|no|now|then|but|well|hm+|show(?: me)?|give me|list|what about|how about|i meant?|sorry"
    r"|please)\W+)+",
    re.IGNORECASE,
)
_CLOSING = re.compile(r"(?:\W+(?:please|pls|plz|then|though|instead|too|now))*\W*$", re.IGNORECASE)
_ONES = r"(?:ones?|times?|deploy(?:ment)?s?|releases?|versions?|builds?|runs?)"
_BAD = r"(?:failed|failing|bad|broken|red|aborted|cancell?ed|unsuccessful)"
_THAT = r"(?:it|that|this|these|those|them|they)(?: (?:one|ones|commits?|changes?))?"
_ELLIPSES = {
    "earlier": rf"(?:(?:the )?{_ONES} |what (?:was|came|ran) |who (?:was|did|deployed) (?:it )?)?before"
    rf"(?: (?:that|this|it|then|{_THAT}))?|(?:the |any )?(?:previous|older|earlier)(?: {_ONES})?",
    "failed": rf"(?:just|only)(?: the)? (?:{_BAD}(?: {_ONES})?|failures)|the {_BAD} ones|failures only",
    "everything": r"(?:(?:for|of|in|from) )?(?:anything|everything|(?:all|any|every)(?: of (?:it|them))?"
    r"(?: the)? services?|all of (?:it|them))",
    "culprit": rf"who(?: has|'s|’s| was it who)? (?:broke|broken|caused|failed) {_THAT}|whose fault (?:is|was) {_THAT}",
    "authors": rf"who(?: has|'s|’s)? (?:wrote|written|made|committed|authored) {_THAT}"
    r"|whose (?:commits?|changes?|work) (?:is|was|are|were) (?:it|that|this|those|these|they)",
    "silence": rf"who (?:silenced|muted|snoozed) {_THAT}|(?:until|till) when|how (?:long|much longer)"
    rf"|(?:until when|how long) (?:is|are|was) {_THAT} (?:silenced|muted)|why (?:is|are) {_THAT} (?:silenced|muted)",
    "reason": r"why(?: is (?:it|that)| am i)?(?: not)?(?: allowed)?|how come",
    "remedy": rf"what (?:should|shall|can|must|do) (?:i|we) do(?: (?:about|with|against) {_THAT})?(?: now)?"
    rf"|how (?:do|can|should) (?:i|we) (?:fix|solve|handle|mend) {_THAT}|what now|what to do(?: about {_THAT})?",
    "kind": r"(?:the )?(?:ci |other )?(?:build|deploy(?:ment)?)(?: (?:run|one|side))?",
    "merger": rf"who(?: has|'s|’s)? merged {_THAT}",
    "migrations": r"(?:(?:any|just|only|were there|are there|is there|with)(?: the| any| a)? )?migrations?(?: only)?",
    "people": r"(?:(?:just|only|the ones|those) )*by (?!hand\b)@?[^\W\d][\w'’.-]*(?: [^\W\d][\w'’.-]*)?",
}
_ELLIPSIS = re.compile("|".join(rf"(?P<{kind}>{words})" for kind, words in _ELLIPSES.items()), re.IGNORECASE)
_LONGEST = 80


def ellipsis(text: str) -> str | None:
    """What a message asks for that means something only after an answer, None when it says more than that.

    ``earlier`` ("and before that?"), ``failed`` ("just the bad ones"), ``everything`` ("all services"), ``culprit``
    ("who broke it"), ``authors`` ("who wrote those"), ``silence`` ("who muted it", "until when"), ``remedy`` ("what do
    we do about it"), ``reason`` ("why not"), ``kind`` ("the build", of a run), ``merger``,
    ``migrations`` and ``people`` ("and by Ana?").
    """
    if len(text) > _LONGEST:
        return None
    said = " ".join(text.split())
    opening = _OPENING.match(said)
    found = _ELLIPSIS.fullmatch(_CLOSING.sub("", said[opening.end() :] if opening else said))
    return found.lastgroup if found else None


def is_follow_up(text: str, mentions: Sequence[Mention]) -> bool:
    """True when ``text`` names something and says nothing else than function words: no verb, no subject of its own.

    Args:
        mentions: what the message names, as :func:`assistant.language.reading.mentions` gives it.
    """
    if not mentions:
        return False
    rest, at = [], 0
    for mention in sorted(mentions, key=lambda one: one.start):
        rest.append(text[at : mention.start])
        at = mention.end
    words = _WORD.findall(" ".join([*rest, text[at:]]).replace("’", "'").lower())
    return all(word in _FUNCTION_WORDS or word == "s" for word in words)
