"""Why something failed, in its own words."""

from __future__ import annotations

from dataclasses import replace

from actions.base import AssistantAction, Reply, Turn
from actions.request import LOGS, Missing, is_about_deployment, log_request, wants_running
from assistant.contracts.errors import NotFound
from assistant.contracts.history import HistoryRequest
from assistant.contracts.pipelines import LogRequest, PipelineRequest
from assistant.operations.history import history
from assistant.operations.logs import logs, running_logs
from assistant.operations.pipelines import pipelines
from assistant.presentation.cards.logs import logs_card, running_logs_card


class ActionLogs(AssistantAction):
    """Answers ``fetch_logs``."""

    capability = "logs"
    kinds = LOGS

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_logs"

    def reply(self, turn: Turn) -> Reply:
        """As for any action; that a deployment's log was asked for outlasts the question whose it is."""
        reply = super().reply(turn)
        if reply.question is None or not is_about_deployment(turn.said):
            return reply
        values = {**reply.question["values"], "deployment": ["yes"]}
        return replace(reply, question={**reply.question, "values": values})

    def answer(self, turn: Turn) -> Reply:
        """The telling lines, without secrets, and a link to the rest."""
        running = wants_running(turn.said)
        if running is not None:
            places = running_logs(turn.context, running.get("service", []), running.get("environment", []))
            return Reply(running_logs_card(places, turn.context.sandbox))
        report = logs(turn.context, _placed(turn, log_request(turn.said)))
        request, run = report.request, report.run.id
        values = {"service": [report.service], "run": [request.run or f"build {run}"]}
        if request.deployment or request.environment:
            values |= {"run": [f"deployment {run}"], "deployment": ["yes"]}
        subject = {"capability": self.capability, "values": values}
        return Reply(logs_card(report, turn.context.sandbox), subject=subject)


def _placed(turn: Turn, request: LogRequest) -> LogRequest:
    """What failed, when no service is named: the newest deployment (there) that did, or the only red build."""
    if request.service or request.run:
        return request
    if request.deployment or request.environment:
        where = (request.environment,) if request.environment else ()
        found = history(turn.context, HistoryRequest(environments=where, failed=True, count=1)).deployments
        if not found:
            raise NotFound("failed deployment", request.environment or "any")
        return replace(request, service=found[0].service, environment=found[0].environment)
    red = [one.service for one in pipelines(turn.context, PipelineRequest()).builds if one.first_red]
    if len(red) != 1:
        raise Missing("service", f"{' and '.join(red)} are red. Which one's log?" if red else "Which service's log?")
    return replace(request, service=red[0])
