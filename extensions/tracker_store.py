"""Rasa's conversation store, which keeps neither secrets nor claims of who was speaking."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy import event as sqlalchemy_event

from assistant.safeguards.identity import CLAIM
from assistant.safeguards.redaction import redact_deep
from assistant.settings import Settings, load_settings


class RedactingTrackerStore(SQLTrackerStore):
    """Redacts every event on its way into the database; ``endpoints.yml`` names this class.

    Rasa's tables are in the assistant's database on PostgreSQL, so that copies of the dialogue server share them; with
    SQLite they have a file of their own (``rasa.db`` in the state folder).
    """

    def __init__(self, domain: Domain | None = None, event_broker: EventBroker | None = None, **where: Any) -> None:
        if not where.get("dialect"):
            where = _ours(load_settings())
        super().__init__(domain=domain, event_broker=event_broker, **where)
        if where["dialect"] == "sqlite":
            sqlalchemy_event.listen(self.engine, "connect", _wait_for_writers)
            # SQLite tidies its log up whenever the last connection closes, and the interpreter stands still meanwhile.
            self._kept_open = self.engine.connect()

    def _additional_events(self, session: Any, tracker: DialogueStateTracker) -> Iterator[Event]:
        for event in super()._additional_events(session, tracker):
            yield _Redacted(event)


def _ours(settings: Settings) -> dict[str, str]:
    if not settings.database_url.startswith("sqlite:"):
        return {"dialect": "postgresql", "host": settings.database_url}  # Rasa takes a whole address for the host
    settings.state.mkdir(parents=True, exist_ok=True)
    return {"dialect": "sqlite", "db": str(settings.state / "rasa.db")}


class _Redacted:
    """An event whose dictionary has no secrets; all that SQLTrackerStore asks of an event."""

    def __init__(self, event: Event) -> None:
        self._event, self.type_name = event, event.type_name

    def as_dict(self) -> dict[str, Any]:
        redacted: dict[str, Any] = redact_deep(_without_claims(self._event.as_dict()))
        return redacted


def _without_claims(value: Any) -> Any:
    """A copy without any claim, however deep: Rasa also copies metadata into a slot when a session starts."""
    if isinstance(value, dict):
        return {key: _without_claims(item) for key, item in value.items() if key != CLAIM}
    if isinstance(value, list):
        return [_without_claims(item) for item in value]
    return copy(value)


def _wait_for_writers(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA busy_timeout=5000")
