"""What of a message means something only by the one before: "and prod?", "just the failed ones", "is it healthy?"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.language import everyday
from assistant.language.mention import Mention
from assistant.language.question import is_question

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
# No word that asks ("how", "is", "what's"): who asks begins a question of their own.
_FUNCTION_WORDS = everyday.words(
    """
    a about actually again all also an and any as at but by either else environment env environments envs for from
    hm hmm i i'd i'll i'm im in instead into it's its just maybe mean meaning meant more no nope not now of oh on once
    one ones only or other perhaps please pls plz rather right same see service services so sorry team than that that's
    the them then there they this those though to too uh um us version vs want we well with yeah yep yes
    """
)


_OPENING = re.compile(
    r"(?:(?:and|ok|okay|so|no|now|then|but|well|hm+|show(?: me)?|give me|list|what about|how about|i meant?|sorry"
    r"|please|(?:how|what)(?:'s|’s| is| are| was| were| did) (?:it|that|they|those)(?: look)?|same)\W+)+",
    re.IGNORECASE,
)
_PLACES = ("service", "environment", "team")
# "Is there anything red?", "this week", "is it safe": words that stand for nothing.
_EXPLETIVE = re.compile(
    r"\b(?:is|are|was|were|isn't|aren't|wasn't|be|been) there\b|\bthere(?:'s|’s| is| are| was| were)\b"
    r"|\bth(?:is|ese|at|ose) (?:week|weekend|morning|afternoon|evening|night|month|quarter|year|sprint|minutes?|hours?"
    r"|days?)\b|\b(?:is|was|would) it (?:safe|ok|okay|true|possible|normal|time)(?= (?:to|if|that|for)\b)|\bso that\b",
    re.IGNORECASE,
)
_POINTS_BACK = re.compile(r"\b(?:it|its|that|this|those|these|them|there|same)\b", re.IGNORECASE)
# What stands for a service, also beside other names: "is it in qa too?", "what's its error rate?".
_FOR_A_SERVICE = re.compile(
    r"\b(?:it|its)\b|\bth(?:at|is|e same) (?:service|one)\b",
    re.IGNORECASE,
)
_FOR_AN_ENVIRONMENT = re.compile(r"\bthere\b|\bin (?:that (?:one|environment)|the same)\b", re.IGNORECASE)
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
    "content": rf"what(?:'s|’s|s| is| was) (?:new )?in {_THAT}|what did {_THAT} (?:change|bring|contain)"
    r"|what changed(?: in it)?|what's new",
    "since": rf"since when(?: (?:is|was|does|has) (?:{_THAT}|the)"
    r"(?: (?:problem|issue|error|alert|outage))?(?: \w+){0,3})?"
    rf"|for how long(?: now)?"
    rf"|when did {_THAT} (?:start|begin|happen)|how long has {_THAT} been (?:like that|so|going on|firing|red|down)",
    "doer": rf"who (?:did|started|triggered|ran|shipped|deployed|pushed|released)"
    rf" (?:{_THAT}|the (?:last|latest|newest) (?:one|deploy(?:ment)?|release))|by whom|who was (?:it|that)",
    "remedy": rf"what (?:should|shall|can|must|do) (?:i|we) do(?: (?:about|with|against) {_THAT})?(?: now)?"
    rf"|how (?:do|can|should) (?:i|we) (?:fix|solve|handle|mend) {_THAT}|what now|what to do(?: about {_THAT})?",
    "mine": r"(?:did )?(?:mine|my own|my (?:build|run|commit))(?: (?:pass|build|one))?",
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
    we do about it"), ``reason`` ("why not"), ``mine``, ``kind`` ("the build", of a run), ``merger``,
    ``migrations``, ``people`` ("and by Ana?"), ``content`` ("what's in it"), ``since`` ("since when?") and ``doer``
    ("who did that?").
    """
    if len(text) > _LONGEST:
        return None
    said = " ".join(text.split())
    opening = _OPENING.match(said)
    found = _ELLIPSIS.fullmatch(_CLOSING.sub("", said[opening.end() :] if opening else said))
    return found.lastgroup if found else None


def is_follow_up(text: str, mentions: Sequence[Mention]) -> bool:
    """True when ``text`` names something and says nothing else: no verb, no question of its own.

    "Error rate of search" has all that its question needs, so it is one; "and the error rate of search" goes on.

    Args:
        mentions: what the message names, as :func:`assistant.language.reading.mentions` gives it.
    """
    opening = _OPENING.match(text.lstrip(" ,.;:!?"))
    kinds = {mention.kind for mention in mentions}
    if not mentions or (not opening and "metric" in kinds and kinds & {*_PLACES}):
        return False
    begin = text.find(opening[0]) + opening.end() if opening else 0
    rest, at = [], begin
    for mention in sorted(mentions, key=lambda one: one.start):
        rest.append(text[at : mention.start])
        at = max(at, mention.end)
    words = _WORD.findall(" ".join([*rest, text[at:]]).replace("’", "'").lower())
    return all(word in _FUNCTION_WORDS or word == "s" for word in words)


def asks_anew(text: str) -> bool:
    """Whether a message begins as a question of its own: "how's prod?", but not "and prod?" or "how about prod?"."""
    opening = _OPENING.match(text)
    return is_question(text[opening.end() :] if opening else text)


def points_back(text: str) -> bool:
    """Whether a word stands for something said before: "who owns it?", "those", "in there"."""
    return _POINTS_BACK.search(_EXPLETIVE.sub(" ", text)) is not None


def pointed_at(text: str) -> tuple[str, ...]:
    """The kinds of names that words stand for: a service in "is it in qa too?", an environment in "what's there?"."""
    plain = _EXPLETIVE.sub(" ", text)
    kinds = {"service": _FOR_A_SERVICE, "environment": _FOR_AN_ENVIRONMENT}
    return tuple(kind for kind, words in kinds.items() if words.search(plain))
