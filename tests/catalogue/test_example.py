"""The example company as people will meet it."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.catalogue import Catalogue, CatalogueSource
from assistant.contracts.errors import Invalid, NotFound

EXAMPLE = Path(__file__).resolve().parents[2] / "catalog"
KINDS = ("github_actions", "jenkins", "alertmanager", "prometheus")


@pytest.fixture(scope="module")
def example() -> Catalogue:
    return CatalogueSource(EXAMPLE, KINDS).current()


def test_it_has_neither_problems_nor_remarks() -> None:
    reading = CatalogueSource(EXAMPLE, KINDS).read()
    assert (reading.problems, reading.remarks) == ((), ())


@pytest.mark.parametrize(
    ("service", "aliases"),
    [
        ("checkout", ("checkout-service", "cart")),
        ("payments", ("payment service", "pay")),
        ("inventory", ("stock",)),
        ("search", ("search-api",)),
        ("notifications", ("notifier", "notification service")),
        ("identity", ("auth", "login", "login service")),
        ("storefront", ("web shop", "shop", "the website")),
        ("billing-worker", ("billing",)),
    ],
)
def test_services_run_everywhere_and_have_their_aliases(
    example: Catalogue, service: str, aliases: tuple[str, ...]
) -> None:
    assert example.services[service].aliases == aliases
    everywhere = ["development", "qa", "staging", "production"]
    there = [name for name in everywhere if (service, name) != ("billing-worker", "qa")]
    assert [each.name for each in example.environments_of(service)] == there


def test_versions_pass_the_environments_in_order(example: Catalogue) -> None:
    before = {each.name: example.previous(each.name) for each in example.environments}
    assert {name: each.name if each else None for name, each in before.items()} == {
        "development": None,
        "qa": "development",
        "staging": "qa",
        "production": "staging",
    }


def test_what_github_calls_production_can_differ(example: Catalogue) -> None:
    here = [example.delivery("identity", each).values["observe.github_environment"] for each in ("qa", "production")]
    assert here == ["qa", "prod-eu"]


def test_services_of_one_repository_are_told_apart_by_their_tags(example: Catalogue) -> None:
    inventory, billing = (example.delivery(each, "staging") for each in ("inventory", "billing-worker"))
    assert inventory.repository == billing.repository == "epetech/backoffice"
    assert [each.values["version.tag"] for each in (inventory, billing)] == ["inventory-v{semver}", "billing-v{semver}"]


def test_a_central_workflow_is_observed_by_the_titles_of_its_runs(example: Catalogue) -> None:
    delivery = example.delivery("notifications", "qa")
    assert delivery.section("observe") == {
        "runs_of": "epetech/deployments/deploy.yml",
        "title": "deploy notifications {version} to qa",
    }
    assert delivery.section("start.inputs")["app"] == "notifications"


def test_health_and_what_is_running_are_declared_for_all(example: Catalogue) -> None:
    delivery = example.delivery("search", "staging")
    assert delivery.section("health.alerts") == {"service": "search", "env": "staging"}
    assert delivery.values["running"] == 'build_info{service="search",env="staging"}'


def test_people_are_found_by_their_logins_in_any_case(example: Catalogue) -> None:
    person = example.person(github="Mei-Tanaka")
    assert person is not None
    assert (person.display_name, person.teams, person.timezone) == ("Mei Tanaka", ("team-discovery",), "Asia/Tokyo")
    assert example.person(slack=person.slack) == example.person(name="mei-tanaka") == person


def test_a_jenkins_login_belongs_to_a_person_too(example: Catalogue) -> None:
    person = example.person(jenkins="JWeber")
    assert person is not None and person == example.person(github="jonas-weber")


def test_what_goes_through_jenkins_is_matched_by_parameters(example: Catalogue) -> None:
    delivery = example.delivery("billing-worker", "staging")
    assert (delivery.provider, delivery.values["build.job"]) == ("jenkins", "backoffice/billing-worker")
    assert delivery.section("observe.where") == {"APP": "billing-worker", "ENV": "staging"}
    assert "github_environment" not in delivery.section("observe")


def test_nobody_is_found_for_accounts_that_nobody_has(example: Catalogue) -> None:
    assert example.person(slack="U000000") is example.person(github="stranger") is example.person() is None


def test_unknown_names_come_with_the_nearest_one(example: Catalogue) -> None:
    with pytest.raises(NotFound, match="Did you mean checkout"):
        example.delivery("chekout", "staging")
    with pytest.raises(NotFound, match="Did you mean staging"):
        example.services_in("stagign")


def test_a_service_elsewhere_says_where_it_runs(folder: Path) -> None:
    path = folder / "shop.yaml"
    path.write_text(path.read_text().replace("store", "store\n    assistant/environments: staging"))
    with pytest.raises(Invalid, match="shop does not run in production; it runs in staging"):
        CatalogueSource(folder).current().delivery("shop", "production")
