"""How the assistant itself is doing, as a card."""

from __future__ import annotations

from assistant.contracts.card import Card, Line, Moment, Row
from assistant.contracts.own_state import OwnState, Traffic


def own_state_card(state: OwnState, sandbox: bool) -> Card:
    """What is wrong first, then every system that I ask, and my messages."""
    rows = [
        Row("bad" if error else "ok", name, (error.why if error else "answers",))
        for name, error in state.providers.items()
    ]
    if state.problem:
        rows.append(Row("bad", "my database", (state.problem.why,)))
    if state.traffic and state.traffic.problem is not None:
        rows.append(_slack(state.traffic.problem))
    if state.traffic:
        rows.append(Row("warn" if _troubles(state.traffic) else "ok", "messages", _traffic(state.traffic)))
    notes = (f"The catalogue on disk is broken, so I use the last good one: {state.catalogue}",)
    return Card(_title(state), tuple(rows), notes=notes if state.catalogue else (), sandbox=sandbox)


def _title(state: OwnState) -> str:
    silent = [name for name, error in state.providers.items() if error]
    if state.problem:
        return "Not well: my own database does not answer."
    if silent:
        return f"I am here, but {' and '.join(silent)} {'does' if len(silent) == 1 else 'do'} not answer me."
    if state.traffic and state.traffic.problem:
        return "I am here, but Slack does not take what I write."
    if state.traffic and _troubles(state.traffic):
        return "I am here, but not all messages got through."
    return "I am fine: everything that I ask answers."


def _slack(problem: str) -> Row:
    return Row("bad" if problem else "ok", "Slack", (problem.removeprefix("Slack ") or "takes what I write",))


def _troubles(traffic: Traffic) -> bool:
    return bool(traffic.dead or traffic.lost)


def _traffic(traffic: Traffic) -> Line:
    told = [f"{traffic.unanswered} to answer, {traffic.unsent} to send"]
    told += [f"{traffic.dead} that I could not answer"] if traffic.dead else []
    told += [f"{traffic.lost} that I could not send today"] if traffic.lost else []
    text = ", ".join(told)
    return (f"{text}; last heard ", Moment(traffic.last)) if traffic.last else (text,)
