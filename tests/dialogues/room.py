"""Several people at the console of one assistant, as ``/as PERSON`` lets them speak, and levers for what may happen."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import requests
import sqlalchemy as sa

from assistant.bootstrap import Assistant
from assistant.contracts.audit import AuditRequest, Record
from assistant.contracts.change import ChangeRequest, State
from assistant.integrations.store.requests import requests as stored
from assistant.settings import Settings
from tests.processes.test_lifecycle import until
from tests.running import Bot

STARTED = "is (?:under way|starting)"
"""What a yes or an approval shows; the worker may have begun with it a moment earlier."""
_TIMES = ("created_at", "expires_at", "confirmed_at", "approved_at", "started_at")


@dataclass
class Room:
    """A day of a company whose catalogue may be rewritten; :meth:`say` is a line of a dialogue, with what it shows."""

    bot: Bot

    def __post_init__(self) -> None:
        self.catalog = Path(self.bot.environment["CATALOG"])
        self.talk = self.bot.console()
        self.assistant = Assistant(Settings(self.bot.environment))
        self.ahead = 0.0

    def say(self, who: str, text: str, *shows: str, without: str = "") -> str:
        """Let somebody say something; what they see has all of ``shows`` and at most one question."""
        self.talk.speak_as(who)
        seen = "\n".join(message.shown() for message in self.talk.say(text))
        told = f"{who}: {text}\n{seen}"
        asked = [line for line in seen.splitlines() if line.endswith("?") and not line.startswith("  • ")]
        assert len(asked) <= 1, f"more than one question:\n{told}"
        for pattern in shows:
            assert re.search(pattern, seen, re.MULTILINE), f"{pattern!r} is missing:\n{told}"
        assert not without or not re.search(without, seen, re.MULTILINE), f"{without!r} is there:\n{told}"
        return seen

    def eventually(self, who: str, text: str, shows: str, meanwhile: Callable[[], object] = lambda: None) -> None:
        """Ask again until the answer shows it: the worker needs a moment."""
        seen = ""

        def asked() -> bool:
            nonlocal seen
            meanwhile()
            seen = self.say(who, text)
            return re.search(shows, seen, re.MULTILINE) is not None

        assert until(asked, 30), f"{shows!r} is missing:\n{seen}"

    def requests(self) -> tuple[ChangeRequest, ...]:
        """Every request of this day."""
        return self.assistant.records.requests.find(tuple(State))

    def newest(self) -> ChangeRequest:
        """The request that was made last."""
        return self.requests()[-1]

    def triggers(self) -> list[str]:
        """By which requests the platform was told to deploy."""
        found: list[str] = requests.get(f"{self.bot.sandbox}/_sandbox/triggers", timeout=5).json()
        return found

    def audit(self, *verbs: str) -> tuple[Record, ...]:
        """The records about these verbs, newest first."""
        return self.assistant.records.audit.search(AuditRequest(verbs))

    def hurry(self, seconds: float) -> None:
        """Let the platform's clock run ahead: its deployments go on."""
        self.ahead += seconds
        body = {"advance_seconds": seconds}
        requests.post(f"{self.bot.sandbox}/_sandbox/clock", json=body, timeout=5).raise_for_status()

    def move_tag(self, repository: str, name: str) -> None:
        """Let a tag name another commit from now on."""
        body = {"repository": repository, "name": name}
        requests.post(f"{self.bot.sandbox}/_sandbox/tags", json=body, timeout=5).raise_for_status()

    def let_time_pass(self, minutes: float) -> None:
        """Move everything that is stored about the newest request, and about its run, into the past."""
        past, number = timedelta(minutes=minutes), self.newest().number
        with self.assistant.engine.begin() as connection:
            body = connection.execute(sa.select(stored.c.body).where(stored.c.number == number)).scalar()
            moved = {name: body[name] and (datetime.fromisoformat(body[name]) - past).isoformat() for name in _TIMES}
            connection.execute(stored.update().where(stored.c.number == number).values(body={**body, **moved}))
        for one in self.assistant.watches.open():
            if one.ended_at and one.healthy_since:
                earlier = replace(one, ended_at=one.ended_at - past, healthy_since=one.healthy_since - past)
                self.assistant.watches.keep(earlier)

    def rewrite(self, file: str, old: str, new: str) -> None:
        """Change a file of the catalogue."""
        text = (self.catalog / file).read_text(encoding="utf-8")
        assert old in text
        (self.catalog / file).write_text(text.replace(old, new), encoding="utf-8")

    def until_asked_again(self) -> None:
        """A provider that failed several times in a row is left alone for a while; whoever comes next needs it."""
        assert until(lambda: "is asked again in" not in self.bot.ask("did the last checkout build pass?"), 30)

    def new_day(self) -> None:
        """No request, lock, pause or fault is left; the audit log is, because nothing takes that back."""
        self.bot.no_faults()
        if self.ahead:
            self.hurry(-self.ahead)
        self.bot.as_it_was()
        with self.assistant.engine.begin() as connection:
            for table in ("requests", "locks", "waiters", "pauses", "watched"):
                connection.execute(sa.text(f"DELETE FROM {table}"))
