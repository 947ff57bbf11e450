"""How builds are."""

from __future__ import annotations

from actions.base import AssistantAction, Reply, Turn
from actions.request import PIPELINES, pipeline_request
from assistant.operations.pipelines import pipelines
from assistant.presentation.cards.pipelines import pipelines_card


class ActionPipelines(AssistantAction):
    """Answers ``ask_pipeline``."""

    capability = "pipelines"
    kinds = PIPELINES

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_pipelines"

    def answer(self, turn: Turn) -> Reply:
        """Green or red, what failed, since when and whose it is."""
        request = pipeline_request(turn.said)
        report = pipelines(turn.context, request)
        builds = report.builds
        values = {"service": [one.service for one in builds] if request.services or len(builds) == 1 else []}
        values |= {"team": list(request.teams), "version": [request.ref] if request.ref else []}
        if len(builds) == 1 and (run := builds[0].shown or builds[0].under_way):
            values["run"] = [run.number]
        subject = {"capability": self.capability, "values": {kind: names for kind, names in values.items() if names}}
        return Reply(pipelines_card(report, turn.colleague, turn.context.sandbox), subject=subject)
