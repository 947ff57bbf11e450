"""May a pipeline go on? The question that one asks over HTTP before it deploys."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone

from assistant.contracts.actor import Actor
from assistant.contracts.change import HOLDING, Verb, Wish
from assistant.contracts.errors import Invalid, NotFound
from assistant.operations.chain import Asking, first_gates
from assistant.operations.context import Context

PIPELINE = Actor("pipeline", "gate")
_ASKED = ("pause", "lock", "freeze")
"""The gates that hold for everybody, whoever started the pipeline."""


@dataclass(frozen=True)
class Leave:
    """Whether it may go on, and why (not)."""

    allowed: bool
    reason: str


def may_go_on(context: Context, service: str, environment: str, request: str = "") -> Leave:
    """Whether a deployment may go on now by the pause, the locks and the freezes.

    Args:
        request: what the pipeline was given as ``{request}``: what we started ourselves was asked about already, and
            is stopped by a pause only.

    Raises:
        NotFound: a service or environment that the catalogue does not name.
        Unavailable: the database does not answer; nobody may go on then.
    """
    if service not in context.catalogue.services:
        raise NotFound("service", service)
    there = [each.name for each in context.catalogue.environments_of(service)]
    if environment not in there:
        raise NotFound("environment", environment, there)
    if context.problem:
        raise Invalid(f"The catalogue on disk is broken ({context.problem}), so nothing goes on until it is repaired.")
    holding = context.keeping.requests.find(HOLDING, place=(service, environment))
    ours = request != "" and any(each.token == request for each in holding)
    asking = Asking(PIPELINE, datetime.now(timezone.utc))
    findings = first_gates(context, Wish(Verb.DEPLOY, service, environment), asking)
    asked = ("pause",) if ours else _ASKED
    stopped = next((each for each in findings if each.gate in asked and each.stops), None)
    if stopped:
        return Leave(False, stopped.sentence)
    return Leave(True, "It was asked about when it was started." if ours else "Nothing holds it.")
