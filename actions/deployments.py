"""Deployments in a conversation: the wish, the question for what is missing, the yes, the no and the correction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from actions.base import AssistantAction, Reply, Turn
from actions.request.approvals import number_of, pairs, shows_of
from actions.request.change import KINDS, Asked, Part, Unsaid, kept
from actions.request.deployments import answered, change_request, corrected, same_again, with_more
from actions.request.locks import scope_of
from actions.request.phrases import asks_for_own, takes_back
from actions.request.said import require_known
from actions.request.steps import Step, next_step
from assistant.contracts.alerts import AlertsRequest
from assistant.contracts.card import Button, Card
from assistant.contracts.change import ChangeRequest, Proposal, State, Verb, Wish
from assistant.contracts.changes import ChangesRequest, End
from assistant.contracts.errors import Invalid, NotFound
from assistant.contracts.status import StatusRequest
from assistant.language.consent import has_condition, hedged
from assistant.operations.alerts import alerts
from assistant.operations.changes import changes
from assistant.operations.deployments import confirm, propose, withdraw, would
from assistant.operations.locks import holders
from assistant.operations.progress import how_far, just_now, latest
from assistant.operations.status import status
from assistant.operations.versions import versions
from assistant.presentation.cards.alerts import alerts_card
from assistant.presentation.cards.changes import changes_card
from assistant.presentation.cards.deployments import proposal_card, requests_card, versions_card
from assistant.presentation.cards.locks import locks_card
from assistant.presentation.cards.second_thoughts import again_card, too_late_card, which_card
from assistant.presentation.cards.watch import with_progress


class ActionDeployments(AssistantAction):
    """Answers ``deploy``, and whatever goes on with a change: an answer, a correction, yes, no, “same for prod”."""

    capability = "deployments"
    verb: ClassVar[Verb] = Verb.DEPLOY

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_deployments"

    def reply(self, turn: Turn) -> Reply:
        """The answer, or the one question that has to be settled before anything can be asked for."""
        try:
            return self.answer(turn)
        except Unsaid as missing:
            waiting = kept(turn.said)
            if missing.asked.would and waiting and waiting.is_open and not waiting.would:
                whole = "Ask it in one sentence, for example: is it safe to deploy payments 1.4.3 to staging?"
                return Reply(Card(f"{missing} {whole}"))  # what waits for a yes goes on waiting
            buttons = tuple(Button(name, "inform", {missing.field: name}) for name in missing.choices)
            return Reply(Card(str(missing), buttons=buttons), change=missing.asked)

    def answer(self, turn: Turn) -> Reply:
        """What the message does with the change."""
        if turn.said.values.get("shown") == ["versions"]:
            (service,) = turn.said.values["service"]
            return Reply(versions_card(service, versions(turn.context, service), turn.context.sandbox))
        open_change, catalogue = kept(turn.said), turn.context.catalogue
        step = next_step(turn.said) if open_change else None
        if turn.said.intent == "affirm" and (shown := pairs(turn.said)):
            return _confirmed(turn, open_change, shown)
        if open_change and step is Step.YES and (why := hedged(turn.said.bare)):
            still = f"{open_change.words()} still waits for a plain yes or no."
            return Reply(Card(f"I take no yes {why}, so nothing was started: {still}"), change=open_change)
        if open_change and step is Step.YES:
            return _confirmed(turn, open_change, open_change.drafts)
        if open_change and step is Step.ABOUT:
            return _about(turn, open_change)
        if open_change and step is Step.CONTENT:
            return _content(turn, open_change)
        if open_change and step is Step.NO:
            return _dropped(turn, open_change)
        if open_change and step is Step.ANSWER:
            return _proposed(turn, answered(turn.said, open_change, catalogue))
        if open_change and step is Step.CORRECTION:
            return _proposed(turn, corrected(turn.said, open_change, catalogue))
        if open_change and step is Step.MORE:
            return _proposed(turn, with_more(turn.said, open_change, catalogue))
        if open_change and step is Step.SAME:
            return _proposed(turn, same_again(turn.said, open_change, catalogue))
        if turn.said.intent == "ask_risk" and not {"service", "team", "version"} & {*turn.said.values}:
            return _in_general(turn)
        return _proposed(turn, change_request(turn.said, self.verb, catalogue, turn.context.person))


class ActionProgress(AssistantAction):
    """Answers “how's it going?” and “request 57?” after a change was asked for or approved: its step, and its page."""

    capability = "deployments"

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_progress"

    def takes(self, turn: Turn) -> bool:
        """Whether a request is named, the speaker's own is asked for, or one of theirs goes on or just ended."""
        named = number_of(turn.said) is not None or asks_for_own(turn.said)
        return named or latest(turn.context) is not None

    def answer(self, turn: Turn) -> Reply:
        """How far it is right now."""
        number = number_of(turn.said)
        asked = latest(turn.context) if number is None else turn.context.keeping.requests.get(number)
        if asked is None:
            raise Invalid(
                "Nothing that you asked me for is under way, or has just ended. "
                "For what you started elsewhere ask “what did I deploy last?”."
            )
        request, run = how_far(turn.context, asked)
        card = requests_card([request], turn.colleague, turn.context.sandbox)
        card = with_progress(card, request, run, turn.colleague) if run else card
        return Reply(card, _subject([request.wish]), see=shows_of([request]))


class ActionRollback(ActionDeployments):
    """Answers ``rollback``."""

    verb = Verb.ROLLBACK

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_rollback"


def _in_general(turn: Turn) -> Reply:
    """ "Is it safe to deploy now?": what would stop or worry anybody; what a certain change meets takes its name."""
    require_known(turn.said, KINDS)
    where = turn.said.values.get("environment", [])
    held = holders(turn.context, scope_of({"environment": where}) if where else None)
    card = locks_card(held, turn.colleague, turn.colleague(turn.context.actor.identity), turn.context.sandbox)
    fires = alerts_card(alerts(turn.context, AlertsRequest(environments=tuple(where))), turn.context.sandbox)
    note = "For a verdict name what and where: “is it safe to deploy payments 1.4.3 to production?”"
    lines = (*card.lines, (fires.title,))
    return Reply(replace(card, lines=lines, notes=(*card.notes, note)))


def _proposed(turn: Turn, asked: Asked) -> Reply:
    wishes = _wishes(turn, asked)
    person = turn.colleague
    if asked.would:
        card = proposal_card(
            would(turn.context, wishes, asked.break_glass), person, turn.context.sandbox, only_asked=True
        )
        if asked.guessed:
            note = f"You named no environment, so this is for {asked.environment}."
            card = replace(card, notes=(note, *card.notes))
        return Reply(card, done=asked.asks is not None)
    if (
        asked.break_glass
        and not asked.reason
        and not any(plan.stopped for plan in would(turn.context, wishes, True).plans)
    ):
        raise Unsaid(asked, "reason", "Why? The owners are told, and it stays in the audit log.", ())
    try:
        proposal = propose(turn.context, wishes, turn.conversation, asked.reason, asked.break_glass)
    except NotFound as unknown:
        raise _unknown_version(asked, unknown) from unknown
    drafts = tuple((request.number, request.revision) for request in proposal.requests)
    concrete = replace(asked, parts=_concrete(asked, proposal), asks=None, drafts=drafts, source=None)
    subject = _subject([plan.wish for plan in proposal.plans])
    card = proposal_card(proposal, person, turn.context.sandbox)
    if has_condition(turn.said.text):
        card = replace(card, notes=("I wait for no condition: your yes starts it as it is now.", *card.notes))
    return Reply(card, subject, shows=shows_of(proposal.requests), change=concrete)


def _concrete(asked: Asked, proposal: Proposal) -> tuple[Part, ...]:
    """The services with the versions that were shown; a rollback's is what ran before, wherever it is."""
    if asked.verb is Verb.ROLLBACK:
        return asked.parts
    return tuple(
        replace(part, version=plan.target.version) if plan.target else part
        for part, plan in zip(asked.parts, proposal.plans, strict=True)
    )


def _unknown_version(asked: Asked, unknown: NotFound) -> Unsaid:
    """The question for another version in place of one that nobody knows."""
    parts = tuple(replace(part, version=None) if part.version == unknown.name else part for part in asked.parts)
    return Unsaid(replace(asked, parts=parts), "version", f"{unknown} Nothing was started.", unknown.suggestions)


def requests_reply(turn: Turn, requests: Sequence[ChangeRequest], change: Asked | None = None) -> Reply:
    """How far requests are; one of them is kept current where it is shown."""
    card = requests_card(requests, turn.colleague, turn.context.sandbox)
    return Reply(card, _subject([each.plan.wish for each in requests]), shows=shows_of(requests), change=change)


def _wishes(turn: Turn, asked: Asked) -> list[Wish]:
    assert asked.environment  # noqa: S101 - for the type checker: what lacks it was asked for
    versions = [part.version or _running(turn, part.service, asked.source) for part in asked.parts]
    return [
        Wish(asked.verb, part.service, asked.environment, version)
        for part, version in zip(asked.parts, versions, strict=True)
    ]


def _running(turn: Turn, service: str, source: str | None) -> str | None:
    """The version that runs in the environment from which it is to be brought."""
    if source is None:
        return None
    for one in status(turn.context, StatusRequest((service,), (source,))).places:
        if one.problem is None and one.state and one.state.current:
            return one.state.current.version
    raise Invalid(f"I can't tell what runs in {source} for {service}, so nothing was started. Please name the version.")


def offered_to_stop(turn: Turn) -> Reply | None:
    """What the speaker confirmed or approved here a moment ago, with the choice to stop it: too late for less."""
    running = just_now(turn.context, turn.conversation, turn.told)
    return Reply(too_late_card(running, turn.colleague, turn.context.sandbox)) if running else None


def _confirmed(turn: Turn, asked: Asked | None, shown: Sequence[tuple[int, int]]) -> Reply:
    requests = confirm(turn.context, shown)
    settled = asked is not None and set(asked.drafts) <= set(shown)
    return requests_reply(turn, requests, replace(asked, asks=None, drafts=()) if asked and settled else None)


def _about(turn: Turn, asked: Asked) -> Reply:
    """What waits for a yes once more, for whoever asks about it: what was found, and what a yes would do."""
    if not asked.drafts:
        running = latest(turn.context)
        return requests_reply(turn, [running]) if running else _in_general(turn)
    requests = [turn.context.keeping.requests.get(number) for number, _ in asked.drafts]
    card = again_card(requests, turn.colleague, turn.context.sandbox)
    return Reply(card, _subject([each.plan.wish for each in requests]))


def _content(turn: Turn, asked: Asked) -> Reply:
    """The commits between what runs and exactly what was shown; several at once are told with what was found."""
    requests = [turn.context.keeping.requests.get(number) for number, _ in asked.drafts]
    one = requests[0]
    if len(requests) > 1 or one.plan.from_version is None:
        return _about(turn, asked)
    ends = (End(one.plan.from_version, False), End(one.target.version, False))
    report = changes(turn.context, ChangesRequest(services=(one.wish.service,), ends=ends, ordered=True))
    return Reply(changes_card(report, turn.colleague, turn.context.sandbox))


def _dropped(turn: Turn, asked: Asked) -> Reply:
    running = latest(turn.context)
    stoppable = running and not running.state.ended and running.state is not State.UNCERTAIN
    if takes_back(turn.said) and running and stoppable:
        return Reply(which_card(asked.words(), running, turn.context.sandbox), change=asked)
    dropped: Sequence[ChangeRequest] = withdraw(turn.context, turn.conversation)
    what = " and ".join(str(request.number) for request in dropped)
    closed = f"Request{'s' if len(dropped) > 1 else ''} {what} closed."
    return Reply(Card(f"Dropped: {asked.words()}. Nothing was started.", notes=(closed,) if what else ()), done=True)


def _subject(wishes: Sequence[Wish]) -> dict[str, object]:
    """What “it” means from now on, for questions: the places that are to be changed."""
    values = {
        "service": list(dict.fromkeys(wish.service for wish in wishes)),
        "environment": list(dict.fromkeys(wish.environment for wish in wishes)),
    }
    return {"capability": "status", "values": values, "change": True}
