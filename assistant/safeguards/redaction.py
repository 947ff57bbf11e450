"""One redaction filter for everything that leaves or is kept: logs, chat, stored conversations.

It would rather hide a harmless value than show a secret one; it never changes the meaning of a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from assistant.contracts.card import Button, Card, Line, Link, Moment, Part, Row

HIDDEN = "[hidden]"

_NAMES = r"(?:pass(?:word|wd|phrase)?|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|client[_-]?secret)"

# Each pattern keeps what a reader needs to recognise the place (group "keep") and hides the rest.
_PATTERNS: tuple[re.Pattern[str], ...] = (
    # PEM blocks, whole (RFC 7468).
    re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL),
    # Credentials inside a URL or connection string: scheme://user:password@host.
    re.compile(r"(?P<keep>\b[a-z][a-z0-9+.-]{1,30}://)[^\s/@:]{0,100}:[^\s/@]{1,300}(?=@)", re.IGNORECASE),
    # Authorization headers.
    re.compile(r"(?P<keep>\b(?:Bearer|Basic)\s+)[A-Za-z0-9._~+/=-]{8,}", re.IGNORECASE),
    # Vendors' token shapes: GitHub, Slack, AWS key ids, Google, npm, GitLab, Stripe, JSON Web Tokens.
    re.compile(
        r"\b(?:gh[pousr]_[A-Za-z0-9]{16,}|github_pat_[A-Za-z0-9_]{20,}|xox[abeoprs]-[A-Za-z0-9-]{8,}|xapp-[A-Za-z0-9-]{8,})"
    ),
    re.compile(
        r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|\bAIza[A-Za-z0-9_-]{30,}|\bnpm_[A-Za-z0-9]{30,}|\bglpat-[A-Za-z0-9_-]{16,}|\b[sr]k_(?:live|test)_[A-Za-z0-9]{16,}"
    ),
    re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*"),
    # name=value and name: value, quoted or not; also "DB_PASSWORD=...", JSON and YAML.
    re.compile(
        rf"(?P<keep>\b[A-Za-z0-9_.-]{{0,40}}{_NAMES}[\"']?\s*[:=]\s*)(?:\"[^\"\n]{{1,400}}\"|'[^'\n]{{1,400}}'|[^\s\"',;&]{{3,400}})",
        re.IGNORECASE,
    ),
    # E-mail addresses.
    re.compile(r"\b[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5}\b"),
)


def redact(text: str) -> str:
    """The text with every token, key, password, e-mail address and connection string hidden."""
    return redact_counted(text)[0]


def redact_counted(text: str) -> tuple[str, int]:
    """Like :func:`redact`, with the number of values hidden."""
    count = 0
    for pattern in _PATTERNS:
        text, hits = pattern.subn(_replacement(pattern), text)
        count += hits
    return text, count


def redact_card(card: Card) -> Card:
    """The card with everything hidden that :func:`redact` hides in its text, also what spans several of its parts."""
    lines = tuple(tuple(_part(part) for part in line) for line in card.lines)
    whole = redact(_plain(card.lines))
    if _plain(lines) != whole:
        lines = tuple((line,) for line in whole.split("\n"))
    return replace(
        card,
        title=redact(card.title),
        rows=tuple(Row(row.mark, redact(row.name), _row(row.line)) for row in card.rows),
        lines=lines,
        notes=tuple(redact(note) for note in card.notes),
        buttons=tuple(Button(redact(one.title), one.intent, redact_deep(dict(one.values))) for one in card.buttons),
    )


def _row(line: Line) -> Line:
    parts = tuple(_part(part) for part in line)
    whole = redact(_plain([line]))
    return parts if _plain([parts]) == whole else (whole,)


def _part(part: Part) -> Part:
    if isinstance(part, Moment):
        return part
    return Link(redact(part.title), redact(part.url)) if isinstance(part, Link) else redact(part)


def _plain(lines: Iterable[Line]) -> str:
    return "\n".join("".join(_written(part) for part in line) for line in lines)


def _written(part: Part) -> str:
    if isinstance(part, Moment):
        return f"{part.at:%d %b %H:%M}"
    return f"{part.title} {part.url}" if isinstance(part, Link) else part


def redact_deep(value: Any) -> Any:
    """A copy of JSON-like data with every string redacted; keys stay as they are."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {key: redact_deep(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [redact_deep(item) for item in value]
    return value


def _replacement(pattern: re.Pattern[str]) -> Callable[[re.Match[str]], str]:
    keeps = "keep" in pattern.groupindex

    def replace(match: re.Match[str]) -> str:
        return (match["keep"] if keeps else "") + HIDDEN

    return replace
