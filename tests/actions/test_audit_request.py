"""Which words ask the audit log, and what they ask it for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from actions.request.audit import asks_record, asks_what_was_done, audit_request
from actions.request.said import Said
from assistant.catalogue import Catalogue
from assistant.contracts.audit import AuditRequest
from assistant.language.mention import Mention
from tests.operations.platform import CATALOGUE


def said(text: str) -> Said:
    """The message; the words "today" and "this week" are times in it, as the model marks them."""
    times = [word for word in ("today", "this week") if word in text]
    at = [(word, text.index(word)) for word in times]
    return Said(
        text, "ask_audit", {}, mentions=tuple(Mention("time", start, start + len(word), word) for word, start in at)
    )


def asked(text: str, catalogue: Catalogue = CATALOGUE) -> AuditRequest:
    return audit_request(said(text), catalogue, None)


@pytest.mark.parametrize(
    "text",
    [
        "who approved the last payments deploy?",
        "who rejected request 57",
        "what did we just do?",
        "what have I just done",
        "who did what today",
        "who locked staging today",
        "has anybody paused changes this week",
        "list all approvals this week",
        "were any deployments refused?",
        "did someone take over a lock",
        "did anybody break the glass",
        "why was request 57 rejected",
        "who stopped the deploy of checkout",
    ],
)
def test_what_only_the_log_knows_is_asked_of_it(text: str) -> None:
    assert asks_what_was_done(said(text))


@pytest.mark.parametrize(
    "text",
    [
        "who can approve request 57?",
        "who may break the glass",
        "who locked staging",
        "who paused everything?",
        "who broke checkout",
        "who stopped the alerts",
        "what's waiting for approval",
        "show my approvals",
        "who deployed checkout last monday",
        "approve request 57",
    ],
)
def test_how_things_are_now_is_not(text: str) -> None:
    assert not asks_what_was_done(said(text)) and not asks_record(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("audit of request 57", 57),
        ("show me the log of request #12", 12),
        ("timeline of request no. 9", 9),
        ("request 57's history", 57),
        ("request 57 audit trail", 57),
    ],
)
def test_the_log_of_one_request_is_asked_for_by_its_number(text: str, number: int) -> None:
    assert asks_record(text) and asked(text).number == number and asked(text).verbs == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("who approved the last payments deploy?", AuditRequest(("approve",), count=1)),
        ("who approved 1?", AuditRequest(number=1)),
        ("who approved 1.4.2?", AuditRequest(("approve",))),
        ("who rejected the rollback", AuditRequest(("reject",))),
        ("who took over the lock on staging", AuditRequest(("take_over",))),
        ("who unlocked it", AuditRequest(("unlock",))),
        ("history of locks", AuditRequest(("lock", "unlock", "take_over", "wait"))),
        ("who cancelled the deployment", AuditRequest(("cancel",))),
        ("who rolled back checkout", AuditRequest(("rollback",))),
        ("who broke the glass", AuditRequest(("break_glass",))),
        ("who paused everything", AuditRequest(("pause", "resume"))),
        ("were there any refused attempts?", AuditRequest(refused=True)),
        ("the last 3 audit entries", AuditRequest(count=3)),
        ("the last 900 audit entries", AuditRequest()),
        ("what was the last action", AuditRequest(count=1)),
        ("audit of ana", AuditRequest(people=("ana-duarte",))),
    ],
)
def test_what_is_asked_for(text: str, expected: AuditRequest) -> None:
    assert replace(asked(text), interval=None) == expected


def test_just_now_is_the_last_two_hours() -> None:
    lately = asked("what did we just do?").interval
    assert lately and (lately.end - lately.start).total_seconds() == 2 * 3600


def test_who_approved_it_is_about_the_place_before() -> None:
    subject = {"capability": "status", "values": {"service": ["payments"], "environment": ["production"]}}
    request = audit_request(replace(said("who approved it?"), subject=subject), CATALOGUE, None)
    assert (request.services, request.environments) == (("payments",), ("production",))
    assert audit_request(replace(said("who approved it?"), subject=None), CATALOGUE, None).services == ()


@pytest.mark.parametrize(
    ("text", "whose"),
    [
        ("my own actions today, please", ("lena-fischer",)),
        ("what did i do today through you", ("lena-fischer",)),
        ("everything I've done with you, as recorded", ("lena-fischer",)),
        ("how do i see the audit log", ()),
        ("can i see a record of denied commands", ()),
    ],
)
def test_one_s_own_records_are_asked_for_in_many_words(text: str, whose: tuple[str, ...]) -> None:
    assert audit_request(said(text), CATALOGUE, CATALOGUE.people["lena-fischer"]).people == whose
