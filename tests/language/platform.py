"""A small made-up platform with names that are everyday words too."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.contracts.platform import Environment, Service, Team


@dataclass(frozen=True)
class Platform:
    """What the catalogue is for names."""

    services: dict[str, Service]
    environments: tuple[Environment, ...]
    teams: dict[str, Team]


def service(name: str, *aliases: str) -> Service:
    return Service(name, name, "team-checkout", aliases)


SERVICES = (
    service("checkout", "checkout-service", "cart"),
    service("payments", "payment service", "pay"),
    service("inventory", "stock"),
    service("search", "search-api"),
    service("notifications", "notifier", "notification service"),
    service("identity", "auth", "login service"),
    service("storefront", "web shop", "the website"),
    service("billing-worker", "billing"),
)
ENVIRONMENTS = (
    Environment("development", ("dev",)),
    Environment("qa"),
    Environment("staging", ("stage", "stg")),
    Environment("production", ("prod", "prd", "live")),
)
TEAMS = (
    Team("team-checkout", "Team Checkout"),
    Team("team-payments", "Team Payments"),
    Team("platform", "Platform", ("platform team",)),
)


def platform(*more: Service) -> Platform:
    """The platform, with ``more`` services."""
    services = {one.name: one for one in (*SERVICES, *more)}
    return Platform(services, ENVIRONMENTS, {team.name: team for team in TEAMS})
