"""How builds are, running them again, and stopping what is under way."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timezone

from actions.base import AssistantAction, Reply, Turn
from actions.request import PIPELINES, pipeline_request, with_people
from actions.request.approvals import number_of, pairs, shows_of
from actions.request.change import kept
from actions.request.phrases import points_at_last, stop_alone, takes_back
from actions.request.pipelines import asks_place, asks_to_repeat, deployment_meant, says_which, whose
from actions.request.said import about, zone_of
from actions.status import ActionStatus
from assistant.contracts.card import Card
from assistant.contracts.change import HOLDING, OPEN, ChangeRequest
from assistant.contracts.errors import Invalid
from assistant.contracts.history import HistoryRequest
from assistant.contracts.locks import Scope
from assistant.contracts.notice import of_build
from assistant.contracts.pipelines import PipelineRequest
from assistant.language import moments
from assistant.operations.cancel import cancel
from assistant.operations.history import history
from assistant.operations.pipelines import pipelines
from assistant.operations.progress import open_at, taking_part
from assistant.operations.rerun import rerun
from assistant.presentation.cards.deployments import requests_card
from assistant.presentation.cards.pipelines import choice_card, pipelines_card, rerun_card
from assistant.presentation.cards.second_thoughts import stoppable_card

_STOPS = re.compile(r"\b(?:stop|halt|abort|kill)\b", re.IGNORECASE)


class ActionPipelines(AssistantAction):
    """Answers ``ask_pipeline``."""

    capability = "pipelines"
    kinds = PIPELINES

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_pipelines"

    def answer(self, turn: Turn) -> Reply:
        """Green or red, what failed, since when and whose it is."""
        if asks_place(turn.said):
            return ActionStatus().answer(turn)
        said, people = with_people(turn.said, turn.context.catalogue.people)
        request = _placed(turn, pipeline_request(said))
        request = replace(request, person=whose(said, people, turn.context.person))
        report = pipelines(turn.context, request)
        builds = report.builds
        values = {"service": [one.service for one in builds] if request.services or len(builds) == 1 else []}
        values |= {"team": list(request.teams), "version": [request.ref] if request.ref else []}
        if len(builds) == 1 and (run := builds[0].shown or builds[0].under_way):
            kind = "deployment" if builds[0].deployment else "build"
            values["run"] = [request.run or f"{kind} {run.number}"]
        subject = {"capability": self.capability, "values": {kind: names for kind, names in values.items() if names}}
        return Reply(pipelines_card(report, turn.colleague, turn.context.sandbox), subject=subject)


class ActionRerun(AssistantAction):
    """Answers ``rerun_pipeline``; what deployed is never run again, because it would deploy an old commit."""

    capability = "pipelines"
    at_once = True
    kinds = PIPELINES

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_rerun"

    def answer(self, turn: Turn) -> Reply:
        """Runs the build again that is named or pointed at, else asks which."""
        passed = (about(turn.said.question, "pipelines") or {}).get("passed")
        if passed and turn.said.intent == "affirm":
            return _again(turn, passed[0], passed[1], agreed=True)
        if asks_to_repeat(turn.said.text):
            return _not_repeated(turn)
        request = pipeline_request(turn.said)
        if deployment_meant(turn.said):
            service, run = _deployed(turn, request)
            return Reply(rerun_card(rerun(turn.context, service, run, deployment=True), turn.context.sandbox))
        which = says_which(turn.said, turn.before.card["title"] if turn.before else "")
        request = request if which else PipelineRequest(teams=request.teams)
        if request.run and len(request.services) == 1:
            # A click has no words: its button names the very build, and stood under the question.
            return _again(turn, request.services[0], request.run, agreed=not turn.said.text)
        # Lines of its log would make the answer one for the asker alone, which cannot be kept current.
        builds = pipelines(turn.context, replace(request, lines=False)).builds
        red = [one for one in builds if one.shown and (one.first_red or request.services)]
        if len(red) == 1 and which and red[0].shown:
            return _again(turn, red[0].service, f"build {red[0].shown.number}")
        return Reply(choice_card([(one.service, one.shown) for one in red if one.shown], turn.context.sandbox))


class ActionCancel(AssistantAction):
    """Answers ``cancel_run``."""

    capability = "pipelines"
    at_once = True
    tells_more = True

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_cancel"

    def takes(self, turn: Turn) -> bool:
        """Whether a request is named, or one is the speaker's, was just told of, or could be meant by “stop it”."""
        meant = number_of(turn.said) is not None or taking_part(turn.context) or _told_of(turn)
        return bool(meant or (turn.said.question is None and _of_anybody(turn)))

    def not_plain(self, turn: Turn) -> Reply | None:
        """A question behind the order ("stop it, who did this?") does not hold it up."""
        return super().not_plain(replace(turn, said=replace(turn.said, text=stop_alone(turn.said.text))))

    def answer(self, turn: Turn) -> Reply:
        """Takes back or stops the request that is named, clicked or the only one that fits."""
        number = pairs(turn.said)[0][0] if pairs(turn.said) else number_of(turn.said)
        if number is None:
            fitting, is_meant = _fitting(turn)
            if not is_meant:
                return Reply(stoppable_card(fitting, turn.colleague, turn.context.sandbox))
            number = fitting[0].number
        ended = cancel(turn.context, number)
        card = requests_card([ended], turn.colleague, turn.context.sandbox)
        if not ended.state.ended:
            card = replace(card, title=f"Request {number} is being stopped.", buttons=())
        return Reply(card, shows=shows_of([ended]))


def _placed(turn: Turn, request: PipelineRequest) -> PipelineRequest:
    """A question about a deployment that names no service ("why did the deploy to qa fail?") means the newest one."""
    if not request.deployment or request.run or request.services:
        return request
    where = (request.environment,) if request.environment else ()
    wanted = HistoryRequest(environments=where, teams=request.teams, failed=request.failed, count=1)
    found = history(turn.context, wanted).deployments
    return replace(request, services=(found[0].service,), environment=found[0].environment) if found else request


def _again(turn: Turn, service: str, run: str, agreed: bool = False) -> Reply:
    done = rerun(turn.context, service, run, agreed=agreed)
    build = f"build {done.run.number}"
    subject = {"capability": "pipelines", "values": {"service": [service], "run": [build]}}
    card = rerun_card(done, turn.context.sandbox)
    if done.started:
        shows = of_build(done.followed) if done.followed else ""
        return Reply(card, subject, shows=shows, rerun=subject)
    passed = done.deployment is None
    question = {"capability": "pipelines", "values": {"passed": [service, build]}} if passed else None
    return Reply(card, subject, question)


def _not_repeated(turn: Turn) -> Reply:
    """An answer is of its moment: it is asked for again, so that it is no old one that is told."""
    asked = f": “{turn.before.question}”" if turn.before and turn.before.question else "."
    return Reply(Card(f"I don't repeat answers, as they grow old. Nothing was run; just ask again{asked}"))


def _deployed(turn: Turn, request: PipelineRequest) -> tuple[str, str]:
    """The run that deployed what is meant: the one whose number is said, else the newest one there, then."""
    said = turn.said.values
    when = moments.spoken(turn.said.text, datetime.now(timezone.utc), zone_of(turn.context.person))
    services = tuple(said.get("service", request.services))
    if said.get("run") and len(services) == 1:
        return services[0], said["run"][0]
    places = HistoryRequest(services=services, environments=tuple(said.get("environment", ())), count=1)
    for wanted in (replace(places, interval=when), places):
        for one in history(turn.context, wanted).deployments:
            if one.run:
                return one.service, one.run
    raise Invalid("I don't find the run that you mean. Please name the service and the run's number.")


def _is_here(turn: Turn, request: ChangeRequest) -> bool:
    """Whether it was asked for in this conversation, or approved by the speaker."""
    return turn.conversation == request.conversation or turn.context.actor.identity != request.asker.identity


def _is_last(turn: Turn, request: ChangeRequest) -> bool:
    """Whether the change that was spoken of last is this one: “it” stops nothing else that still runs."""
    last = kept(turn.said)
    place = (request.wish.service, request.wish.environment)
    return last is None or place in [(part.service, last.environment) for part in last.parts]


def _told_of(turn: Turn) -> tuple[ChangeRequest, ...]:
    """What waits or runs in the place that the last answer was about, whoever asked for it."""
    values = (turn.said.subject or {}).get("values", {})
    places = [values.get(kind, ()) for kind in ("service", "environment")]
    if any(len(names) != 1 for names in places):
        return ()
    return open_at(turn.context, Scope(*(names[0] for names in places)))


def _of_anybody(turn: Turn) -> tuple[ChangeRequest, ...]:
    """What runs, whoever asked for it, for “stop it” of somebody to whom nothing was told of it."""
    if not (takes_back(turn.said) and _STOPS.search(turn.said.text)):
        return ()
    return tuple(one for one in open_at(turn.context, Scope()) if one.state in HOLDING)


def _fitting(turn: Turn) -> tuple[Sequence[ChangeRequest], bool]:
    """The requests that may be meant, and whether it is surely the only one; “stop” means what runs, if anything does.

    Raises Invalid when there is none.
    """
    named = turn.said.values
    here = [one for one in taking_part(turn.context) if _is_here(turn, one) and _is_last(turn, one)]
    if points_at_last(turn.said) and not named.get("service") and here:
        return here[-1:], True
    pointed = points_at_last(turn.said) or takes_back(turn.said)
    told = _told_of(turn) if pointed and not named.get("service") else ()
    if len(told) == 1:
        return told, True
    found = [
        one
        for one in turn.context.keeping.requests.find(OPEN)
        if (not named.get("service") or one.wish.service in named["service"])
        and (not named.get("environment") or one.wish.environment in named["environment"])
        and (named.get("service") or one.asker.identity == turn.context.actor.identity)
    ]
    if _STOPS.search(turn.said.text):
        found = [one for one in found if one.state in HOLDING] or found
    if not found and not named.get("service") and (running := _of_anybody(turn)):
        return running, False
    if not found:
        what = " and ".join(named.get("service", ())) or "yours"
        raise Invalid(
            f"I know of nothing of {what} that waits or runs. What was started elsewhere has to be stopped there."
        )
    return found, len(found) == 1 and bool(named.get("service") or not points_at_last(turn.said))
