"""Questions about owners, and the wish for a person, through the model."""

from __future__ import annotations

from tests.running import Bot


def test_the_owner_comes_first_with_everything_around_it(bot: Bot) -> None:
    answer = bot.ask("who owns the cart service?")
    assert answer.startswith("checkout belongs to Team Checkout (#team-checkout).")
    for line in ("People: Ana Duarte, Ben Osei", "Repository: epetech/checkout", "Needed by: storefront"):
        assert line in answer


def test_what_a_team_owns(bot: Bot) -> None:
    assert bot.ask("which services does team-payments own?").startswith(
        "Team Payments (#team-payments) owns billing-worker, payments."
    )


def test_a_follow_up_names_another_service(bot: Bot) -> None:
    talk = bot.console()
    talk.say("who owns inventory?")
    assert talk.say("and payments?")[0].text.startswith("payments belongs to Team Payments")


def test_it_means_what_was_spoken_of(bot: Bot) -> None:
    talk = bot.console()
    talk.say("how is search doing in staging?")
    assert talk.say("who owns it?")[0].text.startswith("search belongs to Team Discovery")


def test_an_unknown_service_is_not_guessed(bot: Bot) -> None:
    assert "I don't know a service called “mailer”" in bot.ask("who owns the mailer service?")


def test_a_person_is_named_and_nobody_is_called(bot: Bot) -> None:
    answer = bot.ask("can I talk to someone from the platform team?")
    assert answer.startswith("You reach the Platform Team in #platform.")
    assert "Lena Fischer" in answer and "I have not written to anybody" in answer
