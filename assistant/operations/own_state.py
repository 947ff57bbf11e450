"""How the assistant itself is doing. Everybody may ask."""

from __future__ import annotations

from assistant.contracts.errors import ProviderError
from assistant.contracts.own_state import OwnState, Traffic
from assistant.operations.context import Context


def own_state(context: Context) -> OwnState:
    """Every provider asked whether it answers, and what waits in the chat."""
    calls = {name: (name, ping) for name, ping in context.pings.items()}
    answers = context.gather(calls, context.deadline - 0.5)
    providers = {name: answer if isinstance(answer, ProviderError) else None for name, answer in answers.items()}
    traffic: Traffic | None = None
    problem: ProviderError | None = None
    try:
        traffic = context.traffic()
    except ProviderError as error:
        problem = error
    return OwnState(providers, traffic, problem, str(context.problem) if context.problem else None)
