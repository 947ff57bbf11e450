"""What a person reads about owners and people."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone

from assistant.contracts.card import Card
from assistant.contracts.owners import Colleague, Contact, Owner, Ownership, OwnersReport, OwnersRequest
from assistant.contracts.platform import Person, Service, Team
from assistant.presentation.cards.owners import contact_card, owners_card
from assistant.presentation.plain import render

NOON = datetime(2026, 3, 2, 12, tzinfo=timezone.utc)
MEI = Person("mei", "Mei Tanaka", timezone="Asia/Tokyo")
TEAM = Owner("Team Shop", "#shop", (MEI,), ("cart", "shop"))
SHOP = Ownership(Service("shop", "Shop", "team-shop", repository="o/shop", depends_on=("cart",)), TEAM, ("kiosk",))


def text(card: Card) -> str:
    return render(card, timezone.utc, NOON)


def report(**request: object) -> OwnersReport:
    return OwnersReport(OwnersRequest(("shop",), **request), (SHOP,), ())  # type: ignore[arg-type]


def test_a_service_says_whose_it_is_first() -> None:
    assert text(owners_card(report())) == (
        "shop belongs to Team Shop (#shop).\nPeople: Mei Tanaka\nRepository: o/shop\nNeeds: cart\nNeeded by: kiosk"
    )


def test_who_is_on_call_and_how_it_is_doing_are_one_click_away() -> None:
    assert [(button.intent, button.values) for button in owners_card(report()).buttons] == [
        ("ask_on_call", {"service": "shop"}),
        ("ask_status", {"service": "shop"}),
    ]


def test_is_it_theirs_is_answered_with_yes_or_no() -> None:
    assert text(owners_card(report(teams=("team-shop",)))).startswith("Yes, shop belongs to Team Shop")
    assert text(owners_card(report(teams=("team-pay",)))).startswith("No, shop belongs to Team Shop")


def test_several_services_and_teams_are_a_line_each() -> None:
    two = OwnersReport(OwnersRequest(("shop", "cart")), (SHOP, SHOP), ())
    assert text(owners_card(two)).count("  • shop: Team Shop (#shop)") == 2
    teams = OwnersReport(OwnersRequest(), (), (TEAM, Owner("Team Idle", None, (), ())))
    assert "  • Team Idle: no service of the catalogue" in text(owners_card(teams))


def test_one_team_and_my_own() -> None:
    one = OwnersReport(OwnersRequest(teams=("team-shop",)), (), (TEAM,))
    assert text(owners_card(one)).startswith("Team Shop (#shop) owns cart, shop.")
    mine = OwnersReport(OwnersRequest(mine=True), (), (TEAM,))
    assert text(owners_card(mine)).startswith("You are among the owners of cart, shop.")
    assert "you own no service" in text(owners_card(replace(mine, owners=())))


def test_a_team_without_people_says_so() -> None:
    alone = OwnersReport(OwnersRequest(teams=("team-shop",)), (), (replace(TEAM, people=()),))
    assert "the catalogue names nobody" in text(owners_card(alone))


def test_people_are_shown_with_their_time_of_day_and_nobody_is_called() -> None:
    shown = text(contact_card(Contact(Team("shop", "Team Shop", channel="#shop"), (MEI,), NOON)))
    assert shown.startswith("You reach Team Shop in #shop.\n  • Mei Tanaka (it is 21:00 there)")
    assert "I have not written to anybody" in shown
    assert "names no channel" in text(contact_card(Contact(Team("shop", "Shop"), (), NOON)))


def test_what_a_service_needs_and_what_needs_it_is_said_first() -> None:
    assert text(owners_card(report(relation="needs"))).splitlines() == ["shop needs cart.", "Needed by: kiosk"]
    assert text(owners_card(report(relation="needed_by"))).splitlines() == [
        "kiosk needs shop.",
        "shop itself needs: cart",
    ]
    alone = OwnersReport(OwnersRequest(("shop",), relation="needed_by"), (replace(SHOP, needed_by=()),), ())
    assert text(owners_card(alone)).startswith("No service of the catalogue needs shop.")


def test_whether_one_service_needs_another() -> None:
    cart = replace(SHOP, service=Service("cart", "Cart", "team-shop"), needed_by=("shop",))
    asked = OwnersRequest(("shop", "cart"), relation="needs")
    assert text(owners_card(OwnersReport(asked, (SHOP, cart), ()))) == "Yes, shop needs cart."
    assert text(owners_card(OwnersReport(asked, (cart, SHOP), ()))) == "No, cart does not need shop; shop needs cart."


def test_who_somebody_is_and_what_time_it_is_there() -> None:
    asked = OwnersReport(OwnersRequest(people=("mei",)), (), (), (Colleague(MEI, (TEAM,)),), NOON)
    assert text(owners_card(asked)).splitlines() == [
        "Mei Tanaka is in Team Shop.",
        "  • Team Shop (#shop) owns cart, shop.",
        "It is 21:00 for Mei Tanaka.",
    ]
