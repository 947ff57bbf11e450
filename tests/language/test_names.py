"""Names are understood as people write them, and other words are not taken for names."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.contracts.errors import Ambiguous, NotFound
from assistant.language.names import Names
from tests.language.platform import platform, service

NAMES = Names(platform())


def found(text: str, names: Names = NAMES) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(mention.kind, mention.text, mention.values) for mention in names.find(text)]


@pytest.mark.parametrize(
    ("text", "typed", "meant"),
    [
        ("is CHECKOUT up", "CHECKOUT", "checkout"),
        ("did the checkouts deploy work", "checkouts", "checkout"),
        ("checkout's build is red", "checkout", "checkout"),
        ("checkout’s build is red", "checkout", "checkout"),
        ("billing worker logs", "billing worker", "billing-worker"),
        ("billing_worker logs", "billing_worker", "billing-worker"),
        ("BillingWorker logs", "BillingWorker", "billing-worker"),
        ("how is the payment service doing", "payment service", "payments"),
        ("deploy payment to prod", "payment", "payments"),
        ("version of paymets please", "paymets", "payments"),
        ("deploy serach", "serach", "search"),
        ("roll back notifcations", "notifcations", "notifications"),
        ("restart the bililng-worker", "bililng-worker", "billing-worker"),
        ("is the website down", "the website", "storefront"),
        ("how is pay doing", "pay", "payments"),
    ],
)
def test_services_as_people_write_them(text: str, typed: str, meant: str) -> None:
    assert ("service", typed, (meant,)) in found(text)


@pytest.mark.parametrize(
    ("text", "typed", "meant"),
    [
        ("hows stg", "stg", "staging"),
        ("Staging's versions", "Staging", "staging"),
        ("deploy to stagign", "stagign", "staging"),
        ("what's on live", "live", "production"),
        ("lock stage please", "stage", "staging"),
        ("search, live", "live", "production"),
    ],
)
def test_environments_as_people_write_them(text: str, typed: str, meant: str) -> None:
    assert ("environment", typed, (meant,)) in found(text)


@pytest.mark.parametrize("text", ["ask the platform team", "what does team payments own", "the payments team's alerts"])
def test_teams_win_over_the_services_in_their_names(text: str) -> None:
    assert [kind for kind, _, _ in found(text)] == ["team"]


@pytest.mark.parametrize(
    "text",
    [
        "search the docs for the retry policy",
        "can you search for flaky tests",
        "users can't check out",
        "please pay attention",
        "customers can pay again",
        "what stage is the build in",
        "is 1.4.2 live",
        "when did it go live",
        "I'm a frontend dev",
        "see https://git.example/cart/search",
        "at com.epetech.cart.PriceMapper.map",
    ],
)
def test_everyday_words_are_no_names(text: str) -> None:
    assert found(text) == []


def test_a_service_with_a_longer_name_is_not_the_one_it_starts_with() -> None:
    assert found("deploy payments-worker to prod")[0] == ("service", "payments-worker", ())
    assert ("service", "checkout", ("checkout",)) in found("checkout-prod logs")


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("is the mailer service up", "mailer"),
        ("deploy geo-index to qa", "geo-index"),
        ("who owns tax-engine?", "tax-engine"),
        ("ship coupons to staging", "coupons"),
        ("chances that the mailer rollout goes wrong?", "mailer"),
        ("when was the last time someone released the mailer in production", "mailer"),
        ("who maintains the recommender these days", "recommender"),
        ("the recommender keeps crashing", "recommender"),
    ],
)
def test_a_plausible_name_that_nobody_knows_is_kept(text: str, typed: str) -> None:
    assert ("service", typed, ()) in found(text)


@pytest.mark.parametrize(
    ("text", "kind", "typed"),
    [
        ("lock uat", "environment", "uat"),
        ("is search in preprod yet", "environment", "preprod"),
        ("what runs on demo?", "environment", "demo"),
        ("alarms of team-search please", "team", "team-search"),
    ],
)
def test_a_place_or_team_that_nobody_knows_is_kept_too(text: str, kind: str, typed: str) -> None:
    assert (kind, typed, ()) in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "deploy it to prod",
        "roll back the latest version",
        "is everything ok",
        "on-call?",
        "the deployemnt is stuck",
        "who is the approver of that",
        "can you show a demo",
        "the sandbox is nice",
    ],
)
def test_words_that_stand_where_a_name_could_are_not_guessed(text: str) -> None:
    assert [name for kind, name, _ in found(text) if name not in ("prod",)] == []


def test_a_new_service_is_understood_at_once_also_when_it_is_a_common_word() -> None:
    names = Names(platform(service("report"), service("window-cleaner")))
    assert ("service", "report", ("report",)) in found("deploy report to prod", names)
    assert ("service", "window cleaner", ("window-cleaner",)) in found("window cleaner status", names)
    for everyday in (
        "I need a report of that",
        "please report the outage to legal",
        "that is more report than news",
        "look at it through the report of last year",
        "this mail is report, not spam",
    ):
        assert found(everyday, names) == [], everyday


def test_a_name_that_collides_with_an_alias_is_a_question() -> None:
    names = Names(platform(service("cart")))
    assert found("deploy cart", names) == [("service", "cart", ("checkout", "cart"))]
    with pytest.raises(Ambiguous, match="checkout or cart"):
        names.resolve("service", "cart")


@pytest.mark.parametrize("text", ["the login service", "auth", "Identity's", "identity service", "idenity"])
def test_resolve_gives_the_canonical_name(text: str) -> None:
    assert NAMES.resolve("service", text) == "identity"


def test_resolve_keeps_the_kinds_apart() -> None:
    assert NAMES.resolve("environment", "the stg environment") == "staging"
    assert NAMES.resolve("team", "payments") == "team-payments"
    with pytest.raises(NotFound):
        NAMES.resolve("environment", "payments")


def test_an_unknown_name_comes_with_what_is_near() -> None:
    with pytest.raises(NotFound, match="Did you mean notifications") as error:
        NAMES.resolve("service", "notify")
    assert error.value.suggestions[0] == "notifications"


@given(st.text(max_size=200))
@settings(max_examples=150, deadline=None)
def test_any_text_gives_mentions_that_stand_in_it_and_do_not_overlap(text: str) -> None:
    mentions = NAMES.find(text)
    assert all(text[mention.start : mention.end] == mention.text for mention in mentions)
    assert all(one.end <= two.start for one, two in pairwise(mentions))


def test_a_huge_catalogue_costs_a_message_no_more_than_a_small_one() -> None:
    many = [service(f"{first}-{second}{number}") for first in WORDS for second in WORDS for number in range(5)]
    assert len(many) == 2000
    big = Names(platform(*many))
    assert _seconds(big) < 2 * _seconds(NAMES)  # a scan over all names would cost a hundred times as much


WORDS = [
    "geo",
    "tax",
    "price",
    "audit",
    "order",
    "event",
    "route",
    "media",
    "claim",
    "parcel",
    "refund",
    "ledger",
    "coupon",
    "wallet",
    "review",
    "catalog",
    "fraud",
    "return",
    "quote",
    "shift",
]


def _seconds(names: Names) -> float:
    import timeit

    texts = ["deploy chekcout to stagign", "please tell me what the customers of geo-tax9 see in production right now"]
    return min(timeit.repeat(lambda: [names.find(text) for text in texts], number=20, repeat=5))
