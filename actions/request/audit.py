"""Which records of the audit log a message asks for."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

from actions.request.said import Said, handed_over, require_known, zone_of
from assistant.catalogue import Catalogue
from assistant.contracts.audit import AuditRequest
from assistant.contracts.interval import Interval
from assistant.contracts.platform import Person
from assistant.language import moments
from assistant.language.follow_up import points_back
from assistant.language.people import people

_VERBS = (
    (r"\bdeploy|\bship|\breleas", ("deploy",)),
    (r"\broll(?:ed|ing)?[- ]?back|\brevert", ("rollback",)),
    (r"\bapprov", ("approve",)),
    (r"\breject", ("reject",)),
    (r"\bunlock|\btook off|\b(?:gave|given) back", ("unlock",)),
    (r"\b(?:took|taken?|takes) (?:\w+ ){0,4}over\b|\btakeover|\boverr[io]d", ("take_over",)),
    (r"\blocked\b|\b(?:did|does) .*\block\b", ("lock",)),
    (r"\bcancel|\bstopp|\bwithdr", ("cancel",)),
    (r"\bre-?r[ua]n|\bretr(?:y|ied)", ("rerun",)),
    (r"\bbr[eo]ak\w*[- ](?:the )?glass|\bbroke\w* the glass|\bglass\b|\bemergency", ("break_glass",)),
    (r"\bpaus|\bresum", ("pause", "resume")),
)
# "The lock" beside a verb says what was taken over or given back.
_ANY_LOCK = re.compile(r"\blocks?\b", re.IGNORECASE)
_OF_LOCKS = ("lock", "unlock", "take_over", "wait")
_DECIDED = ("approve", "reject", "cancel", "unlock", "take_over", "break_glass")
"""Verbs that say what was done about a deployment or a lock; then the noun beside them is no verb."""
_REFUSED = re.compile(
    r"\brefus|\bden(?:y|ied|ial)|\bwithout (?:the )?(?:right|permission)|\bnot allowed\b", re.IGNORECASE
)
_LAST = re.compile(
    r"\b(?:last|latest|most recent|newest) (?:[\w-]+ )?"
    r"(?:deploy\w*|rollback|release|rollout|action|approval|rejection|change|time|one|request|entry|record|lock|pause)\b",
    re.IGNORECASE,
)
_MANY = re.compile(r"\b(\d{1,2}) (?:\w+ )?(?:actions?|entries|records?|things|commands)\b", re.IGNORECASE)

_NUMBERED = r"\brequest\W{0,2}(?:(?:no|nr|number)\b\.?\W{0,2})?#?"
_REQUEST = rf"{_NUMBERED}\d+\b"
_NUMBER = re.compile(
    rf"(?:{_NUMBERED}|\b(?:approved|rejected|confirmed|cancell?ed|withdrew) #?)(\d+)\b(?!\.\d)", re.IGNORECASE
)
_RECORD = r"\b(?:audit|time ?line|trail|history|story|protocol|trace|records?|logs?|entries)\b"
_KEPT = r"\b(?:requests|locks|pauses|approvals|rejections|refusals|cancellations)\b"
_RECORD_OF = re.compile(
    rf"{_RECORD}.{{0,40}}{_REQUEST}|{_REQUEST}(?:['’]s)? (?:\w+ )?{_RECORD}"
    rf"|{_RECORD} of (?:all |the |our |my )*{_KEPT}",
    re.IGNORECASE,
)
_ACTED = (
    r"(?:approv|reject|confirm|cancel|withdr|resum|unlock|overr|re-?r[au]n\b|retried|br[eo]ke? the glass"
    r"|took .*\bover\b|used (?:the )?break|stopped .*\b(?:deploy|run|request|rollback|release|rollout))"
)
_WHAT_WAS_DONE = re.compile(
    rf"\bwho(?:'s|’s| has| had| have)? (?:just |ever |last )?{_ACTED}|\b(?:when|why) (?:was|did|has|is) {_REQUEST}"
    rf"|\bwhat(?: all)? happened (?:to|with|in) {_REQUEST}|\bwho (?:asked for|opened|made|started) {_REQUEST}"
    r"|\bwhat (?:all )?(?:did|have|has) (?:we|i|you|they|everybody|everyone) (?:all )?(?:just do(?:ne)?\b|do just now)"
    r"|\bwhat (?:we|i|you) just did\b|\bwho did what\b|\b(?:did|has|have|was|were)\b.*\bglass\b"
    r"|\b(?:was|were|been|got)\b.{0,30}\b(?:rejected|refused|denied|overridden)\b|\b(?:rejections|refusals)\b"
    r"|\b(?:did|has|have) (?:any|some)(?:one|body) .{0,20}\b(?:tak\w+ .*\bover|overr[io]d)",
    re.IGNORECASE,
)
# Without a time these ask how things are now: who holds it, whether it is paused, what waits for approval.
_WAS_DONE_THEN = re.compile(
    r"\b(?:who|what) (?:had |has |was |were )?(?:been )?(?:(?:un)?locked|paused)\b|\bapprovals\b"
    r"|\b(?:did|has|have) (?:any|some)(?:one|body) .{0,20}\b(?:approv|reject|paus|resum|lock|unlock)",
    re.IGNORECASE,
)
_MAY = re.compile(r"\bwho (?:may|can|could|should|must|has to|is allowed|else)\b", re.IGNORECASE)

# What only the audit log knows; everything else that "happened" is deployments, whoever started them.
_OF_RECORD = re.compile(
    r"\baudit|\blog(?:ged|s)?\b|\brecord|\bprotocol\b|\btrail\b|\bevidence\b|\bproof?v?e?\b|\bcomplian|\btrace\b"
    r"|\bapprov|\breject|\bconfirm|\b(?:un)?lock|\bfreez|\bsilenc|\bun?mute|\backnowledg|\back\b|\bsubscri|\bunsubscri"
    r"|\bbr[eo]\w* (?:the )?glass|\bemergency|\bpaused?\b|\bresum|\boverr|\bcancel|\brerun|\bre-run"
    r"|\b(?:through|via|with|used|using|asked|gave|from|to|make|made|did|do|have|by) "
    r"(?:you|the (?:bot|assistant)|slack)\b"
    r"|\byour? (?:own )?(?:log|history|actions?)|\bbots?\b|\bassistant|\bchat(?:ops)?\b|\bcommands?\b|\bactions?\b"
    r"|\bden(?:y|ied)\b|\brefused?\b|\bpermission|\bprivileged|\brequests?\b|\border\b|\bon behalf\b|\bglass\b",
    re.IGNORECASE,
)
_HOW_TO = re.compile(r"\bhow (?:do|can|could|would|should) (?:i|we)\b", re.IGNORECASE)
_MINE = re.compile(
    r"\bmy (?:own )?(?:actions?|entries|requests?|approvals|rejections|locks?|log|history|name)\b"
    r"|\bi(?:['’]ve| have)? (?:done|did|clicked)\b",
    re.IGNORECASE,
)
_JUST_NOW = re.compile(r"\bjust\b|\bright now\b", re.IGNORECASE)
_LATELY = timedelta(hours=2)
_MOST = 50


def asks_record(text: str) -> bool:
    """Whether the log of one request is asked for: "show me the log of request 12"."""
    return _RECORD_OF.search(text) is not None


def asks_what_was_done(message: Said) -> bool:
    """Whether it is asked who approved, rejected, paused ..., or what has just been done: the log tells, to who may."""
    then = any(one.kind == "time" for one in message.mentions) and _WAS_DONE_THEN.search(message.text)
    return bool(then or _WHAT_WAS_DONE.search(message.text)) and _MAY.search(message.text) is None


def names_request(text: str) -> bool:
    """Whether a request is named by its number."""
    return _NUMBER.search(text) is not None


def is_of_record(text: str) -> bool:
    """Whether a question is one for the audit log: about approvals, locks, refusals, or what went through me."""
    return _OF_RECORD.search(text) is not None


def audit_request(message: Said, catalogue: Catalogue, speaker: Person | None) -> AuditRequest:
    """What is asked for; "who approved it?" is about the place that the answer before was about.

    Raises NotFound, Ambiguous for a name that is not settled, Invalid for a time or a person that is none.
    """
    require_known(message, ("service", "environment"))
    now = datetime.now(timezone.utc)
    when = moments.spoken(message.text, now, zone_of(speaker))
    if when is None and _JUST_NOW.search(message.text):
        when = Interval(now - _LATELY, now, "in the last two hours")
    number = _NUMBER.search(message.text)
    places = ("service", "environment")
    values = {kind: message.values[kind] for kind in places if message.values.get(kind)}
    if not values and number is None and points_back(message.text):
        values = handed_over(message, places)
    return AuditRequest(
        verbs=_verbs(message.text) if number is None else (),
        services=tuple(values.get("service", ())),
        environments=tuple(values.get("environment", ())),
        people=_people(message, catalogue, speaker),
        interval=when,
        number=int(number[1]) if number else None,
        refused=_REFUSED.search(message.text) is not None,
        count=_count(message.text),
    )


def _people(message: Said, catalogue: Catalogue, speaker: Person | None) -> tuple[str, ...]:
    """Whose records are asked for; "how do I see it" is about nobody, "my actions" about who asks."""
    text = _HOW_TO.sub("", message.text)
    found = people(text, catalogue.people, speaker, [each.text for each in message.mentions])
    return tuple(dict.fromkeys([*found, *([speaker.name] if speaker and _MINE.search(text) else [])]))


def _verbs(text: str) -> tuple[str, ...]:
    """The verbs that are asked for; "who approved the last deploy" asks for approvals alone."""
    found = [verb for words, verbs in _VERBS if re.search(words, text, re.IGNORECASE) for verb in verbs]
    if _ANY_LOCK.search(text) and not found:
        return _OF_LOCKS
    return tuple(verb for verb in found if verb in _DECIDED) or tuple(found)


def _count(text: str) -> int:
    many = _MANY.search(text)
    if many:
        return max(1, min(_MOST, int(many[1])))
    return 1 if _LAST.search(text) else AuditRequest.count
