"""Names that the catalogue lacks but that stand where a service is named: "the mailer service", "deploy geo-index"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.language import everyday
from assistant.language.mention import Mention

_NAME = r"(?P<name>[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*)"
_THING = r"(?:service|deploys?|deployments?|builds?|pipelines?|rollouts?|rollbacks?|releases?|logs?|pods?|alerts?|runbooks?|latency|errors?|repo|api)"
_PLACES = (
    # (pattern, whether an everyday word may stand there too)
    (re.compile(rf"\b(?:the|our)\s+{_NAME}\s+(?:micro)?service\b", re.I), True),
    (re.compile(rf"\bservice\s+(?:called|named)\s+[\"'`]?{_NAME}", re.I), True),
    (
        re.compile(
            rf"\b(?:deploy(?:ing|ed)?|redeploy(?:ing)?|ship(?:ping|ped)?|releas(?:e|ing)|roll(?:ing|ed)? back|rollback(?: of| for)?|revert(?:ing)?"
            rf"|promot(?:e|ing)|restart(?:ing)?|re-?run(?:ning)?|owns|status of|health of|version of|logs (?:of|for)|on call for)\s+(?:the\s+)?{_NAME}"
            r"(?=\s+(?:v?\d|to\b|in\b|on\b|from\b|version\b|please\b|pls\b|now\b|again\b|build\b|deploy\b)|\s*[?.!,]|\s*$)",
            re.I,
        ),
        False,
    ),
    (
        re.compile(rf"\b(?:is|are|of|for|and|with|about|from|how's|hows)\s+(?:the\s+)?{_NAME}(?=\s|[?.!,]|$)", re.I),
        None,
    ),
    (re.compile(rf"(?:^|\s){_NAME}\s+{_THING}\b", re.I), None),
)
_HYPHENATED = re.compile(r"[-_]")
_NO_NAMES = frozenset(
    """on-call follow-up re-run roll-back read-only e-mail sign-off go-live log-in real-time third-party well-known up-to-date so-called
    pre-prod non-prod no-one check-in opt-in opt-out one-off high-level low-level end-to-end post-mortem self-service rolled-back
    re-deploy re-try long-running out-of-memory sign-in day-to-day half-hour back-end front-end to-do wi-fi""".split()
)
_BRANCH_LIKE = re.compile(r"\d")


def unknown_services(text: str, taken: Sequence[tuple[int, int]]) -> Iterator[Mention]:
    """Services without values, outside the spans that are ``taken``."""
    for pattern, everyday_words in _PLACES:
        for match in pattern.finditer(text):
            start, end = match.span("name")
            name = match["name"].lower()
            free = all(end <= other or start >= until for other, until in taken)
            if free and _plausible(name, everyday_words):
                yield Mention("service", start, end, text[start:end], exact=False)


def _plausible(name: str, everyday_words: bool | None) -> bool:
    if name in _NO_NAMES or len(name) <= 3:
        return False
    if _HYPHENATED.search(name):
        return not _BRANCH_LIKE.search(name)
    if everyday_words is None:
        return False
    return everyday_words and name not in _GENERIC or not everyday.is_english(name)


_GENERIC = frozenset(
    """same whole other right wrong first last next new old good best this that these your their which what self central affected
    failing broken down new web cloud customer entire given specific shared internal external managed named called""".split()
)
