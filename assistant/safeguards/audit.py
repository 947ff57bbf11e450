"""The audit log's own safety: what may stand in it, and whether it is still what was written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timezone

from assistant.contracts.actor import Actor
from assistant.contracts.audit import Anchor, Entry, Record
from assistant.contracts.platform import Person
from assistant.safeguards.access import Decision
from assistant.safeguards.redaction import redact


def entry(raw: Entry, known: Mapping[str, Person]) -> Entry:
    """The entry as it may be kept for ever: secrets and e-mail addresses in its texts are hidden, people pointed out.

    Args:
        known: the people of the catalogue, by name.
    """
    kept = replace(
        raw,
        rule=redact(raw.rule),
        outcome=redact(raw.outcome),
        parameters={key: redact(value) for key, value in raw.parameters.items()},
    )
    texts = "\n".join((kept.rule, kept.outcome, *kept.parameters.values()))
    words = ((word, each.name) for each in known.values() for word in (each.name, each.display_name))
    return replace(kept, people={**raw.people, **{word: name for word, name in words if word in texts}})


def refusal(actor: Actor, decision: Decision, message: str) -> Entry:
    """The entry for something that an access rule refused; nothing came of it."""
    return Entry(
        actor=actor,
        at=datetime.now(timezone.utc),
        verb=decision.verb,
        resource=decision.resource,
        decision="refused",
        rule=decision.rule,
        outcome="nothing was done",
        message=message,
        people={actor.person: actor.person} if actor.person else {},
    )


def defects(records: Iterable[Record], anchors: Iterable[Anchor] = ()) -> Iterator[str]:
    """A sentence for each place where the log is not what was written: changed, reordered, missing, cut off.

    Args:
        records: all of them, oldest first.
        anchors: numbers and digests that were noted elsewhere; without any, a cut tail cannot be seen.
    """
    noted = {anchor.number: anchor.digest for anchor in anchors}
    number, digest = 0, ""
    for record in records:
        if record.number != number + 1:
            after = f"Between record {number} and" if number else "Before"
            yield f"{after} record {record.number} something is missing or out of order."
        elif record.previous != digest:
            yield f"Record {record.number} does not follow the record before it: one of them was changed."
        if record.seal() != record.digest:
            yield f"Record {record.number} was changed: it does not fit its digest."
        if noted.pop(record.number, record.digest) != record.digest:
            yield f"Record {record.number} is not the one that was noted in the worker's log."
        number, digest = record.number, record.digest
    if noted:
        yield f"The end is missing: the worker's log has noted record {max(noted)}, and the last one here is {number}."
