"""A build that was run again is one message that is kept current until its end, and then nothing more."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from assistant.contracts.delivery import Phase
from assistant.contracts.deployer import Progress
from assistant.contracts.notice import Notice, of_build
from assistant.integrations.store.watches import SqlWatches
from assistant.operations.context import Context
from assistant.operations.rebuilt import ended_builds, open_builds, watch_builds
from assistant.operations.rerun import rerun
from assistant.operations.watch import LONGEST
from assistant.presentation.plain import render
from assistant.telling import tell
from tests.operations.changing import Company
from tests.operations.fake_pipelines import FakePipelines, run

RED = run(17, Phase.FAILED)
NOW = datetime.now(timezone.utc)


@dataclass
class Following:
    """Who asks, the worker's steps, and what it says."""

    firm: Company
    watches: SqlWatches
    said: list[Notice] = field(default_factory=list)

    def seen_by(self, person: str) -> Context:
        pipelines = FakePipelines(built={"checkout": [RED]})
        return self.firm.seen_by(person, pipelines=lambda name: pipelines, watches=self.watches)

    def now(self, phase: Phase, attempt: int = 2, **more: Any) -> None:
        self.firm.world.rebuilt = Progress(phase, RED.id, NOW, run="17", attempt=attempt, **more)

    def step(self) -> None:
        tell(self.seen_by("worker"), self.watches, self, watch_builds(self.seen_by("worker"), self.watches))

    def tell(self, notice: Notice) -> None:
        self.said.append(notice)

    @property
    def over(self) -> bool:
        """Whether nothing is followed any more."""
        return not self.watches.builds()

    @property
    def last(self) -> str:
        return render(self.said[-1].card, timezone.utc, NOW)


@pytest.fixture
def following(firm: Company) -> Following:
    return Following(firm, SqlWatches(firm.engine, "test"))


@pytest.fixture
def key(following: Following) -> str:
    """Ana had the red build run again."""
    following.now(Phase.FAILED, attempt=1)
    return rerun(following.seen_by("ana-duarte"), "checkout", "17").followed


def test_the_message_is_kept_current_until_it_passed_and_calls_who_asked_then(following: Following, key: str) -> None:
    following.step()
    assert following.last.startswith("Run #17 of checkout: queued."), "the attempt before is no news"
    following.now(Phase.RUNNING, step="Unit tests, step 3 of 5")
    following.step()
    assert following.last.startswith("Run #17 of checkout, attempt 2: running (Unit tests, step 3 of 5).")
    assert not following.said[-1].pinged and not following.over
    following.now(Phase.SUCCEEDED)
    following.step()
    assert following.last.startswith("Run #17 of checkout, attempt 2: passed.")
    assert following.said[-1].pinged == ("ana-duarte",) and following.over
    assert {notice.key for notice in following.said} == {of_build(key)}
    told = len(following.said)
    following.step()
    assert len(following.said) == told and not following.watches.builds()


def test_what_failed_again_says_where_and_offers_the_reason(following: Following, key: str) -> None:
    following.now(Phase.FAILED, failed_step="Unit tests")
    following.step()
    assert "attempt 2: failed again at “Unit tests”." in following.last
    assert [each.title for each in following.said[-1].card.buttons] == ["Why did it fail?"]


def test_a_provider_that_is_silent_is_asked_again(following: Following, key: str) -> None:
    following.firm.world.down = True
    following.step()
    following.firm.world.down = False
    following.now(Phase.SUCCEEDED)
    following.step()
    assert "passed" in following.last


@pytest.mark.parametrize(
    ("happens", "why"),
    [
        ({"rebuilt": None}, "does not know the run"),
        ({"rebuilt": Progress(Phase.RUNNING, RED.id, NOW, run="17", attempt=3)}, "attempt 3 has begun"),
    ],
)
def test_what_cannot_be_followed_any_more_is_said_once(
    following: Following, key: str, happens: dict[str, Any], why: str
) -> None:
    following.firm.world.rebuilt = happens["rebuilt"]
    following.step()
    following.step()
    assert "I lost sight of it" in following.last and why in following.last
    assert len(following.said) == 1 and following.over


def test_nobody_waits_for_two_days(following: Following, key: str) -> None:
    following.now(Phase.RUNNING)
    (one,) = following.watches.builds()
    following.watches.keep(replace(one, since=NOW - LONGEST - timedelta(minutes=1)))
    following.step()
    assert "two days" in following.last and not following.watches.builds()


def test_the_end_is_news_for_who_asked_alone(following: Following, key: str) -> None:
    assert open_builds(following.seen_by("ana-duarte")) == (key,) and not open_builds(following.seen_by("ben-osei"))
    assert not ended_builds(following.seen_by("ana-duarte"), [key])
    following.now(Phase.SUCCEEDED)
    following.step()
    assert not open_builds(following.seen_by("ana-duarte"))
    assert [one.key for one in ended_builds(following.seen_by("ana-duarte"), [key])] == [key]
