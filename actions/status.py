"""How an environment, a service or a version is doing."""

from __future__ import annotations

from dataclasses import replace

from actions.base import AssistantAction, Reply, Turn
from actions.history import ActionHistory
from actions.request import STATUS, complete, status_request
from actions.request.approvals import shows_of
from actions.request.status import asks_cause, asks_health, asks_past, asks_progress, cause_request
from assistant.contracts.causes import CauseRequest
from assistant.contracts.change import ChangeRequest
from assistant.contracts.notice import of_deployment, of_request
from assistant.contracts.status import StatusReport
from assistant.operations.approvals import waiting
from assistant.operations.causes import causes
from assistant.operations.status import status
from assistant.presentation.cards.causes import causes_card
from assistant.presentation.cards.deployments import requests_card
from assistant.presentation.cards.status import status_card


class ActionStatus(AssistantAction):
    """Answers ``ask_status``."""

    capability = "status"
    kinds = STATUS

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_status"

    def answer(self, turn: Turn) -> Reply:
        """Every place asked for, worst first; what happened when, for whoever asks for a cause."""
        if asks_cause(turn.said) and (wanted := cause_request(turn.said)) is not None:
            return _evidence(turn, wanted)
        mine = _of_mine(turn) if asks_progress(turn.said) else ()
        own = requests_card(mine, turn.colleague, turn.context.sandbox) if mine else None
        if own and not asks_health(turn.said):
            return Reply(own, see=shows_of(mine))
        if asks_past(turn.said, turn.context.person):
            return _past(turn)
        report = status(turn.context, status_request(turn.said))
        subject = {"capability": self.capability, "values": complete(turn.said, self.capability, self.kinds)}
        card = status_card(report, turn.colleague, turn.context.sandbox)
        if own:
            card = replace(card, notes=(own.title, *card.notes))
        return Reply(card, subject=subject, see=_followed(turn, report) if asks_progress(turn.said) else "")


def _past(turn: Turn) -> Reply:
    """How something was at another time is not known; what was deployed then is."""
    values = complete(turn.said, ActionStatus.capability, ActionStatus.kinds)
    subject = {"capability": ActionHistory.capability, "values": values}
    asked = replace(turn.said, subject=subject, follow_up=True, question=None)
    reply = ActionHistory().reply(replace(turn, said=asked))
    note = "How it was doing then I don't know: I see the present only. This is what was deployed."
    return replace(reply, card=replace(reply.card, notes=(note, *reply.card.notes)))


def _of_mine(turn: Turn) -> tuple[ChangeRequest, ...]:
    """The asker's own newest change of what is spoken of, while it is under way: the providers may not show it yet."""
    if turn.context.records is None:
        return ()
    services = (turn.said.subject or {}).get("values", {}).get("service", [])
    return tuple(one for one in waiting(turn.context).of_mine if one.plan.wish.service in services)[-1:]


def _followed(turn: Turn, report: StatusReport) -> str:
    """The key of what shows the deployment that is under way in the only place that is told of."""
    places = [(one.service, one.environment) for one in report.places]
    if turn.context.watches is None or len(places) != 1:
        return ""
    own = [one for one in turn.context.watches.open() if one.place == places[0]]
    return next((of_request(one.request) if one.request else of_deployment(one.key) for one in reversed(own)), "")


def _evidence(turn: Turn, wanted: CauseRequest) -> Reply:
    report = causes(turn.context, wanted)
    subject = {
        "capability": ActionStatus.capability,
        "values": {"service": [wanted.service], "environment": [report.environment]},
    }
    return Reply(causes_card(report, turn.colleague, turn.context.sandbox), subject=subject)
