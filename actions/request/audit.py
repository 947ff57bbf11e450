"""Which records of the audit log a message asks for."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

from actions.request.said import Said, require_known, zone_of
from assistant.catalogue import Catalogue
from assistant.contracts.audit import AuditRequest
from assistant.contracts.interval import Interval
from assistant.contracts.platform import Person
from assistant.language import moments
from assistant.language.people import people

_VERBS = {
    "deploy": r"\bdeploy|\bship|\breleas",
    "rollback": r"\broll(?:ed|ing)?[- ]?back|\brevert",
    "approve": r"\bapprov|\breject",
    "lock": r"\block|\bunlock|\btaken? over",
    "cancel": r"\bcancel|\bstopp",
    "rerun": r"\bre-?r[ua]n|\bretr(?:y|ied)",
    "break_glass": r"\bbr[eo]ak\w* (?:the )?glass|\bbroke\b",
    "pause": r"\bpause|\bresume",
}
# What only the audit log knows; everything else that "happened" is deployments, whoever started them.
_OF_RECORD = re.compile(
    r"\baudit|\blog(?:ged|s)?\b|\brecord|\bprotocol\b|\btrail\b|\bevidence\b|\bproof?v?e?\b|\bcomplian|\btrace\b"
    r"|\bapprov|\breject|\bconfirm|\b(?:un)?lock|\bfreez|\bsilenc|\bun?mute|\backnowledg|\back\b|\bsubscri|\bunsubscri"
    r"|\bbr[eo]\w* (?:the )?glass|\bemergency|\bpaused?\b|\bresum|\boverr|\bcancel|\brerun|\bre-run"
    r"|\b(?:through|via|with|used|using|asked|gave|from|to|make|made|did|do|by) (?:you|the (?:bot|assistant)|slack)\b"
    r"|\byour? (?:own )?(?:log|history|actions?)|\bbots?\b|\bassistant|\bchat(?:ops)?\b|\bcommands?\b|\bactions?\b"
    r"|\bden(?:y|ied)\b|\brefused?\b|\bpermission|\bprivileged|\brequests?\b|\border\b|\bon behalf\b|\bglass\b",
    re.IGNORECASE,
)
_JUST_NOW = re.compile(r"\bjust\b|\bright now\b", re.IGNORECASE)
_LATELY = timedelta(hours=2)


def is_of_record(text: str) -> bool:
    """Whether a question is one for the audit log: about approvals, locks, refusals, or what went through me."""
    return _OF_RECORD.search(text) is not None


def audit_request(message: Said, catalogue: Catalogue, speaker: Person | None) -> AuditRequest:
    """What is asked for; nothing of it comes from the conversation before.

    Raises NotFound, Ambiguous for a name that is not settled, Invalid for a time or a person that is none.
    """
    require_known(message, ("service", "environment"))
    now = datetime.now(timezone.utc)
    when = moments.spoken(message.text, now, zone_of(speaker))
    if when is None and _JUST_NOW.search(message.text):
        when = Interval(now - _LATELY, now, "in the last two hours")
    return AuditRequest(
        verbs=tuple(verb for verb, words in _VERBS.items() if re.search(words, message.text, re.IGNORECASE)),
        services=tuple(message.values.get("service", ())),
        environments=tuple(message.values.get("environment", ())),
        people=tuple(people(message.text, catalogue.people, speaker, [each.text for each in message.mentions])),
        interval=when,
    )
