"""The names in a message: what Rasa found in it, resolved against the catalogue, without what the words rule out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from actions.request.corrections import correction
from assistant.contracts.errors import Ambiguous, NotFound
from assistant.language.names import Names
from assistant.language.reading import mentions
from assistant.language.values import normalise

READS = ("ask_status", "ask_history", "list_alerts", "ask_owner", "ask_on_call", "ask_pipeline")
"""Questions that are about everything when they have no subject."""

# "Not staging, production": what follows is named only to be ruled out.
_RULED_OUT = re.compile(r"\b(?:not|instead of|rather than)\s+(?:the\s+)?$", re.IGNORECASE)
# "Everything except payments and search": the rest is meant.
_LEFT_OUT = re.compile(
    r"\b(?:except(?: for)?|excluding|excl\.?|without|apart from|aside from|other than|besides|minus|ignoring|but not)"
    r"\s+(?:the\s+|in\s+)*$",
    re.IGNORECASE,
)
_LISTED_WITH = re.compile(r"\s*(?:,|and|or|nor|&)\s*(?:the\s+)?", re.IGNORECASE)
_LIVE = re.compile(r"\blive\b", re.IGNORECASE)

Values = dict[str, list[str]]
"""Canonical names by entity, each once, in the order in which they were said."""

_Read = tuple[Mapping[str, Any], "str | NotFound | Ambiguous"]
"""An entity of Rasa's, and its canonical name or why it has none."""


@dataclass(frozen=True)
class ReadNames:
    """What the names of a message come to; the fields are those of ``Said``."""

    values: Values
    unresolved: tuple[NotFound | Ambiguous, ...]
    without: tuple[str, ...]
    bare: str


def read_names(entities: Sequence[Mapping[str, Any]], text: str, intent: str, names: Names) -> ReadNames:
    """Read what Rasa found in a text."""
    read = [(entity, _resolved(entity, names)) for entity in entities]
    left_out = [] if intent == "ask_changes" else _left_out(read, text)
    read = _corrected(read, text, intent)
    meant = _meant([one for one in read if one not in left_out], text, intent)
    values: Values = {}
    for entity, value in meant:
        if isinstance(value, str) and value not in values.setdefault(entity["entity"], []):
            values[entity["entity"]].append(value)
    if "run" in values:
        values["run"] = [kind_of_run(run, text) for run in values["run"]]
    if intent == "ask_status" and "version" in values and all(one["entity"] != "environment" for one, _ in read):
        values.update(_live(text, names))
    unresolved = tuple(value for _, value in meant if not isinstance(value, str))
    without = tuple(value for _, value in left_out if isinstance(value, str))
    return ReadNames(values, unresolved, without, _bare(read, text))


def as_entities(text: str, names: Names) -> list[dict[str, Any]]:
    """The names in a text as Rasa passes them on."""
    found = mentions(text, names)
    return [{"entity": one.kind, "value": one.text, "start": one.start, "end": one.end} for one in found]


def kind_of_run(run: str, text: str, bare: bool = False) -> str:
    """A run as people name it: "build 17" and "deployment 17" where the words say which of them.

    Args:
        bare: whether the words need not stand before the number.
    """
    number = "" if bare else rf"\w*\s+(?:run\s+|number\s+)?#?{re.escape(run)}\b"
    found = re.search(rf"\b(build|deploy){number}", text, re.IGNORECASE) if run.isdecimal() else None
    return run if found is None else f"{'build' if found[1].lower() == 'build' else 'deployment'} {run}"


def _resolved(entity: Mapping[str, Any], names: Names) -> str | NotFound | Ambiguous:
    kind, text = str(entity["entity"]), str(entity["value"])
    if kind not in ("service", "environment", "team"):
        return normalise(kind, text) if kind in ("version", "run") else text
    try:
        return names.resolve(kind, text)
    except (NotFound, Ambiguous) as error:
        return error


def _left_out(read: Sequence[_Read], text: str) -> list[_Read]:
    """The services and environments after "except" and the like, one or a list of them."""
    found: list[_Read] = []
    places = [one for one in read if one[0]["entity"] in ("service", "environment") and "start" in one[0]]
    for one in sorted(places, key=lambda each: each[0]["start"]):
        start = one[0]["start"]
        goes_on = bool(found) and _LISTED_WITH.fullmatch(text[found[-1][0]["end"] : start])
        if _LEFT_OUT.search(text[:start]) or goes_on:
            found.append(one)
    return found


def _meant(read: Sequence[_Read], text: str, intent: str) -> list[_Read]:
    """What was read without what is ruled out right before it; of a kind with nothing else, everything.

    "In staging but not production" asks for a comparison of both, so there the two ends stay.
    """
    ends = ("environment", "version") if intent == "ask_changes" else ()
    kept = [one for one in read if one[0]["entity"] in ends or not _is_ruled_out(one[0], text)]
    kinds = {entity["entity"] for entity, _ in kept}
    return [one for one in read if one in kept or one[0]["entity"] not in kinds]


def _corrected(read: list[_Read], text: str, intent: str) -> list[_Read]:
    """Without the names that the speaker takes back within the message; for a change two values stay a question."""
    at = correction(text) if intent in (*READS, "ask_metric", "fetch_logs", "inform") else None
    if at is None:
        return read
    kinds = {entity["entity"] for entity, value in read if isinstance(value, str) and entity.get("start", 0) >= at}
    return [one for one in read if one[0]["entity"] not in kinds or one[0].get("start", 0) >= at]


def _is_ruled_out(entity: Mapping[str, Any], text: str) -> bool:
    # A button's values have no place in the text.
    return bool(_RULED_OUT.search(text[: entity.get("start", 0)]))


def _live(text: str, names: Names) -> Values:
    """The environment that the company calls live, for "is 1.4.3 live yet?"; nothing where none is called so."""
    found = names.find("live") if _LIVE.search(text) else []
    return {one.kind: list(one.values) for one in found if one.kind == "environment" and one.exact}


def _bare(read: Sequence[_Read], text: str) -> str:
    for entity, value in read:
        if entity["entity"] in ("service", "environment", "team") and isinstance(value, str):
            # As many blanks as letters, so that the places of the other names still hold.
            start, end = entity.get("start", 0), entity.get("end", 0)
            text = text[:start] + " " * (end - start) + text[end:]
    return text
