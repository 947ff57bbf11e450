"""The gates when nobody can tell, and when one message asks for several changes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.catalogue.catalogue import Catalogue
from assistant.contracts.change import Finding, Verdict, Wish
from assistant.contracts.changes import Comparison
from assistant.contracts.delivery import Deployment, Phase
from assistant.contracts.errors import Invalid, Unavailable
from assistant.contracts.history import Past
from assistant.contracts.platform import Delivery
from assistant.safeguards.chain import GATES, Effect
from tests.operations.changing import BACK, PRODUCTION, STAGING, THEN, Company, World, ask, confirmed, stopped_at


def found(firm: Company, wish: Wish, gate: str) -> Finding:
    return next(each for each in ask(firm, wish).plans[0].findings if each.gate == gate)


@pytest.mark.parametrize(
    ("call", "place", "wish", "gate"),
    [
        ("state", "production", PRODUCTION, "busy"),
        ("state", "production", PRODUCTION, "freshness"),
        ("versions_between", "production", PRODUCTION, "freshness"),
        ("past", "staging", PRODUCTION, "order"),
        ("past", "production", replace(BACK, version="1.4.1"), "known"),
        ("verdict", "production", PRODUCTION, "CI"),
        ("defects", "production", PRODUCTION, "set-up"),
        ("compare", "production", PRODUCTION, "risk"),
    ],
)
def test_what_nobody_can_tell_never_passes(
    firm: Company, monkeypatch: pytest.MonkeyPatch, call: str, place: str, wish: Wish, gate: str
) -> None:
    told = getattr(World, call)

    def silent(world: World, delivery: Delivery, *more: object) -> object:
        if delivery.environment == place:
            raise Unavailable("github", "did not answer in time")
        return told(world, delivery, *more)

    monkeypatch.setattr(World, call, silent)
    seen = found(firm, wish, gate)
    assert seen.verdict is Verdict.UNKNOWN
    assert seen.stops == (GATES[gate].unknown is not Effect.WARNS)


def test_the_limit_counts_every_change_of_a_message(firm: Company) -> None:
    firm.access = replace(firm.access, changes_per_hour=2)
    confirmed(firm, STAGING)
    several = (replace(STAGING, environment="qa"), replace(STAGING, environment="development"))
    assert set(stopped_at(ask(firm, *several))) == {"rate"}
    assert ask(firm, several[0]).requests


def test_two_versions_for_one_place_are_a_question(firm: Company) -> None:
    with pytest.raises(Invalid, match="Which one is meant"):
        ask(firm, STAGING, replace(STAGING, version="1.4.2"))
    assert not firm.records.requests.untold()


def test_a_deployment_that_failed_is_no_proof_that_it_ran(firm: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    failed = Deployment("checkout", "staging", "1.4.3", Phase.FAILED, THEN, THEN, run="78")
    monkeypatch.setattr(World, "past", lambda *_: Past((failed,)))
    assert stopped_at(ask(firm, PRODUCTION)) == ["order"]


def test_where_the_catalogue_names_no_owner_of_approvals_a_second_person_is_needed(
    firm: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = Catalogue.delivery

    def silent(catalogue: Catalogue, service: str, environment: str) -> Delivery:
        whole = told(catalogue, service, environment)
        return replace(whole, values={key: value for key, value in whole.values.items() if key != "approval"})

    monkeypatch.setattr(Catalogue, "delivery", silent)
    assert ask(firm, PRODUCTION).plans[0].needs_approval


def test_a_list_of_commits_that_is_cut_may_hold_a_migration(firm: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(World, "compare", lambda *_: Comparison(300, (), cut=True))
    assert ask(firm, BACK).plans[0].needs_approval
