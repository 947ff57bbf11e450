"""Deployments that the assistant started bear the names of people, not of the account that started them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timezone

import pytest
from sqlalchemy.engine import Engine

from assistant.contracts.change import Verb, Wish
from assistant.contracts.delivery import Asked, Deployment, Phase, ServiceState, Start
from assistant.contracts.history import HistoryRequest, Past
from assistant.contracts.interval import Interval
from assistant.contracts.platform import Delivery
from assistant.contracts.status import StatusRequest
from assistant.operations import approvals, deployments
from assistant.operations.context import Context
from assistant.operations.history import history
from assistant.operations.people import colleague
from assistant.operations.status import status
from assistant.operations.trigger import begin
from assistant.presentation.cards.history import history_card
from assistant.presentation.cards.status import status_card
from assistant.presentation.plain import render
from tests.operations.changing import Company, World
from tests.operations.platform import NOW, deployment

OURS = "epetech-assistant[bot]"
WISH = Wish(Verb.DEPLOY, "checkout", "production", "1.4.3")


@dataclass
class Recorded(World):
    """The provider, which knows the account that started each of its runs, and a run that somebody else started."""

    def past(self, delivery: Delivery, interval: Interval | None, limit: int, deadline: float) -> Past:
        if (delivery.service, delivery.environment) != (WISH.service, WISH.environment):
            return super().past(delivery, interval, limit, deadline)
        foreign = self._made("1.4.2", "77", "ben-osei")
        return Past((*(self._made(run.target.version, id, OURS) for id, run in self.runs.items()), foreign))

    def state(self, delivery: Delivery, deadline: float) -> ServiceState:
        if not self.runs:
            return super().state(delivery, deadline)
        newest = self._made("1.4.3", next(iter(self.runs)), OURS)
        return replace(super().state(delivery, deadline), current=newest)

    @staticmethod
    def _made(version: str, run: str, login: str) -> Deployment:
        more = {"login": login, "start": Start.BY_HAND, "run": run}
        return deployment(WISH.service, WISH.environment, version, Phase.SUCCEEDED, **more)


@pytest.fixture
def firm(engine: Engine) -> Company:
    return Company(engine, Recorded())


@pytest.fixture
def asked(firm: Company) -> Asked:
    """A deployment that one asked for and another one approved is done."""
    draft = deployments.propose(firm.seen_by("ana-duarte"), [WISH], "T1.C1.1").requests[0]
    waiting = deployments.confirm(firm.seen_by("ana-duarte"), [(draft.number, draft.revision)])[0]
    approved = approvals.approve(firm.seen_by("lena-fischer"), waiting.number, waiting.revision)
    assert begin(firm.seen_by("worker"), approved).run_id in firm.world.runs
    return Asked(draft.number, "ana-duarte", "lena-fischer")


def shown(context: Context, request: HistoryRequest) -> str:
    card = history_card(history(context, request), lambda login: colleague(context, login), False)
    return render(card, timezone.utc, NOW)


def test_who_deployed_it_is_the_person_who_asked(firm: Company, asked: Asked) -> None:
    text = shown(firm.seen_by("ben-osei"), HistoryRequest(("checkout",), ("production",), count=1))
    assert text.startswith("Ana Duarte deployed checkout 1.4.3 to production.")
    assert f", request {asked.request}, approved by Lena Fischer" in text
    assert "assistant" not in text and "by hand" not in text


def test_the_list_has_the_person_for_ours_and_the_account_for_others(firm: Company, asked: Asked) -> None:
    text = shown(firm.seen_by("ben-osei"), HistoryRequest(("checkout",), ("production",)))
    assert f"(Ana Duarte, request {asked.request}, approved by Lena Fischer)" in text
    assert "(Ben Osei, by hand)" in text and "assistant" not in text


def test_status_has_the_person_also_as_it_is_seen_last(firm: Company, asked: Asked) -> None:
    context = firm.seen_by("ben-osei")
    wanted = StatusRequest(("checkout",), ("production",))
    for down in (False, True):
        firm.world.down = down
        card = status_card(status(context, wanted), lambda login: colleague(context, login), False)
        text = render(card, timezone.utc, NOW)
        assert f"(Ana Duarte, request {asked.request}, approved by Lena Fischer)" in text, down


def test_what_somebody_deployed_is_what_they_asked_for(firm: Company, asked: Asked) -> None:
    context, both = firm.seen_by("ben-osei"), HistoryRequest(("checkout",))
    hers = history(context, replace(both, people=("ana-duarte",))).deployments
    assert [(one.version, one.asked) for one in hers] == [("1.4.3", asked)]
    assert [one.version for one in history(context, replace(both, people=("ben-osei",))).deployments] == ["1.4.2"]


def test_without_the_records_the_account_is_told_as_it_is(firm: Company, asked: Asked) -> None:
    unread = replace(firm.seen_by("ben-osei"), records=None)
    assert "Ana Duarte" not in shown(unread, HistoryRequest(("checkout",), ("production",), count=1))
