"""From what was typed to what is meant: ``v1.4.2`` → ``1.4.2``, ``#42`` → ``42``, ``2h`` → ``PT7200S``."""

from __future__ import annotations

import re

_SMALL = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
_NUMBERS = {word: number for number, word in enumerate(_SMALL.split())} | {
    "a": 1,
    "an": 1,
    "another": 1,
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "ninety": 90,
}
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_QUANTITY = re.compile(
    r"\b(\d+(?:\.\d+)?(?=[a-z\s-])|(?:half an?|half|[a-z]+)(?=[\s-]))[\s-]*"
    r"(s|m|h|d|w)(?:ec(?:ond)?s?|in(?:ute)?s?|(?:ou)?rs?|ays?|eeks?)?\b"
)
_VERSION = re.compile(r"^v(?=\d)", re.IGNORECASE)
_SEVERITIES = {
    "crit": "critical",
    "sev1": "critical",
    "p1": "critical",
    "sev0": "critical",
    "p0": "critical",
    "warn": "warning",
    "sev2": "warning",
    "p2": "warning",
    "informational": "info",
}
_METRICS = {
    "mem": "memory",
    "ram": "memory",
    "requests per second": "rps",
    "request rate": "rps",
    "qps": "rps",
    "response time": "latency",
    "latencies": "latency",
    "eror rate": "error rate",
}
_CATEGORIES = {"costs": "cost", "spend": "cost", "spending": "cost"}


def normalise(kind: str, typed: str) -> str:
    """The canonical form of a value of ``kind``; what has none stays as typed, in lower case where case is nothing."""
    text = typed.strip()
    if kind == "version":
        return _VERSION.sub("", text)
    if kind == "run":
        return text.lstrip("#")
    if kind == "severity":
        word = re.sub(r"[\s-]", "", text.lower())
        word = word[:-1] if word.endswith("s") else word
        return _SEVERITIES.get(word, word)
    if kind == "metric":
        word = text.lower()
        return _METRICS.get(word) or _METRICS.get(word.removesuffix("s")) or word
    if kind == "category":
        return _CATEGORIES.get(text.lower(), text.lower())
    if kind == "duration":
        seconds = length_in_seconds(text)
        return f"PT{seconds}S" if seconds else text.lower()
    return text if kind in ("alert", "channel") else text.lower()


def length_in_seconds(text: str) -> int:
    """The length of "2h", "half an hour", "1h 30m" in seconds; 0 for what has no fixed length ("until noon")."""
    lowered = text.lower()
    if re.match(r"(?:until|till|til|up to|through|from)\b", lowered):
        return 0
    total = 0.0
    for amount, unit in _QUANTITY.findall(lowered):
        number = (
            0.5 if amount.startswith("half") else _NUMBERS.get(amount) or (float(amount) if amount[0].isdigit() else 0)
        )
        total += number * _SECONDS[unit]
        if "and a half" in lowered:
            total += 0.5 * _SECONDS[unit]
    return int(total)
