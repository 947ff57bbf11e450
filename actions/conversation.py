"""Help, bare values, and everything that is said between the questions."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timezone

from actions.alerts import ActionAlerts
from actions.base import AssistantAction, Reply, Turn
from actions.changes import ActionChanges
from actions.docs import ActionDocs
from actions.history import ActionHistory
from actions.logs import ActionLogs
from actions.metrics import ActionMetrics
from actions.on_call import ActionOnCall
from actions.owners import ActionOwners
from actions.pipelines import ActionPipelines
from actions.request import continued, docs_request, with_people
from actions.request.people import reaches
from actions.status import ActionStatus
from actions.wishes import WISHES, changes
from assistant.contracts.card import Button, Card
from assistant.contracts.docs import Certainty
from assistant.language.follow_up import points_back
from assistant.language.question import asks_to_see, is_question, terms
from assistant.operations.docs import docs

_CONTINUES = {
    ActionStatus.capability: ActionStatus,
    ActionPipelines.capability: ActionPipelines,
    ActionLogs.capability: ActionLogs,
    ActionHistory.capability: ActionHistory,
    ActionChanges.capability: ActionChanges,
    ActionDocs.capability: ActionDocs,
    ActionOwners.capability: ActionOwners,
    ActionAlerts.capability: ActionAlerts,
    ActionMetrics.capability: ActionMetrics,
    ActionOnCall.capability: ActionOnCall,
}

# What help offers: the right that it needs, and an example that works as it stands.
_EXAMPLES = (
    ("status", "How's the staging environment doing?"),
    ("status", "where does checkout run, and which version?"),
    ("status", "is search 2.8.1 in production yet?"),
    ("pipelines", "why is the checkout build red?"),
    ("logs", "show me the logs of the failed checkout deploy"),
    ("history", "who deployed payments to prod last?"),
    ("changes", "what's in staging but not in prod for checkout?"),
    ("docs", "how do I get access to a database?"),
    ("owners", "who owns inventory?"),
    ("alerts", "what's firing in production?"),
    ("metrics", "what's the error rate of payments?"),
    ("on_call", "who is on call for search?"),
    ("audit", "who rolled back checkout last week?"),
)
# What help offers to those who may change something, somewhere.
_CHANGES = (
    ("deploy", "deploy payments 1.4.3 to staging"),
    ("rollback", "roll back payments in production"),
    ("approve", "what's waiting for approval?"),
    ("rerun", "rerun the failed checkout build"),
    ("lock", "lock staging until 5pm, load test"),
    ("pause", "pause everything, because …"),
)


# Values that only one capability takes, whatever was talked about before ("and its error rate?").
_OF_ONE_KIND = {"metric": ActionMetrics, "alert": ActionAlerts, "run": ActionPipelines}

_LONGEST_CHOICE = 1000
"""Characters of a message that a button carries along; channels allow little more."""

_WHO_IS = re.compile(r"\W*(?:(?:and|so|hey|hi)\W+)*who(?:'s|’s|s| is)\b", re.IGNORECASE)
_WHAT_DID = re.compile(r"\bwhat\b.{0,30}\b(?:up to|do|did|doing|done|work(?:ed|ing)? on|touch\w*)\b", re.IGNORECASE)
_GOES_ON = re.compile(r"\W*(?:and|but|or|so|then|also)\b", re.IGNORECASE)

# What a bare name may be about, when nothing was asked before.
_ABOUT = (
    ("How it is doing", "ask_status"),
    ("Its last builds", "ask_pipeline"),
    ("Its last deployments", "ask_history"),
    ("What is alerting", "list_alerts"),
)


class ActionGreet(AssistantAction):
    """Answers ``greet``; after an answer "how's it going?" asks for that again (``goes_on``)."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_greet"

    def answer(self, turn: Turn) -> Reply:
        """A greeting, and how to go on."""
        return Reply(Card("Hi! Ask me how an environment or a service is doing, or say “help”."))


class ActionHelp(AssistantAction):
    """Answers ``ask_help`` with examples of what this person may do and what is built."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_help"

    def answer(self, turn: Turn) -> Reply:
        """Examples that work as they stand, and the names that I know."""
        most = len(_EXAMPLES) + len(_CHANGES)
        card = _help("I look up how the platform is doing, and change it for those who may. Try:", turn, most)
        catalogue = turn.context.catalogue
        names = (
            ("Services: " + ", ".join(catalogue.services),),
            ("Environments: " + ", ".join(environment.name for environment in catalogue.environments),),
        )
        return Reply(replace(card, lines=(*card.lines, *names)) if card.lines else card)


class ActionNotBuilt(AssistantAction):
    """Answers every intent whose capability does not exist yet."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_not_built"

    def answer(self, turn: Turn) -> Reply:
        """Says so, and what works instead."""
        wish = WISHES.get(turn.said.intent, "do that")
        return Reply(_help(f"You want to {wish}: I can't do that yet; nothing was changed. What works:", turn))


class ActionOutOfScope(AssistantAction):
    """Answers what was not understood, or is nobody's business here."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_out_of_scope"

    def answer(self, turn: Turn) -> Reply:
        """Says so, and what works instead."""
        if turn.said.follow_up:
            # Nothing but names, however oddly written ("STAGING!!!"): they are values.
            return ActionInform().answer(turn)
        if (about := _colleague(turn)) is not None:
            return about.reply(turn)
        if (reply := _documented(turn)) is not None:
            return reply
        return Reply(_help("I can't help with that. What works:", turn), answered=False)


class ActionInform(AssistantAction):
    """Answers bare values: they settle the open question, or change a value of the request before."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_inform"

    def answer(self, turn: Turn) -> Reply:
        """The continued request's answer, or the question what is wanted."""
        named = [name for names in turn.said.values.values() for name in names]
        if not named and not turn.said.unresolved:
            card = _help("I didn't get that. What would you like to know? For example:", turn)
            return Reply(card, answered=False)
        if (reply := _carried_on(turn)) is not None:
            return reply
        if not named:
            raise turn.said.unresolved[0]
        if {"service", "environment"} <= set(turn.said.values) and not turn.said.unresolved:
            return ActionStatus().reply(turn)  # a thing and a place: how it is doing there
        values = {kind: names[0] for kind, names in turn.said.values.items()}
        buttons = tuple(Button(title, intent, values) for title, intent in _ABOUT)
        return Reply(Card(f"What would you like to know about {' and '.join(named)}?", buttons=buttons))


class ActionClarify(AssistantAction):
    """Asks which of two meanings is meant, when the words fit both."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_clarify"

    def answer(self, turn: Turn) -> Reply:
        """The two most likely meanings as buttons."""
        if turn.said.follow_up and (reply := _carried_on(turn)) is not None:
            return reply
        asks = asks_to_see(turn.said.text)
        meant = [intent for intent in turn.said.ranking if intent in WISHES and not (asks and changes(intent))][:2]
        words = {"said": turn.said.text[:_LONGEST_CHOICE]}
        buttons = tuple(Button(WISHES[intent][0].upper() + WISHES[intent][1:], intent, words) for intent in meant)
        question = "I'm not sure what you want to know." if asks else "I'm not sure what you want to do."
        return Reply(Card(f"{question} Is it one of these?", buttons=buttons), answered=False)


def _colleague(turn: Turn) -> AssistantAction | None:
    """What answers "who is jonas?" and "what has ana been up to?", whose names no model knows."""
    if not with_people(turn.said, turn.context.catalogue.people)[1]:
        return None
    if _WHO_IS.match(turn.said.text) or reaches(turn.said.text):
        return ActionOwners()
    return ActionHistory() if _WHAT_DID.search(turn.said.text) else None


def _documented(turn: Turn) -> Reply | None:
    """What the documents say of a question that no capability answers; None when they say nothing of it.

    Words that go on with another answer ("and the others?") are no question to the documents.
    """
    if turn.said.subject and (_GOES_ON.match(turn.said.text) or points_back(turn.said.text)):
        return None
    if turn.context.knowledge is None or not turn.context.may("read", "docs").allowed or not terms(turn.said.bare):
        return None
    request, _ = docs_request(replace(turn.said, subject=None))
    report = docs(turn.context, request, datetime.now(timezone.utc).date())
    near = report.certainty is Certainty.NEAR and is_question(turn.said.text)
    return ActionDocs().reply(turn) if near or report.certainty is Certainty.ANSWERED else None


def _carried_on(turn: Turn) -> Reply | None:
    """The answer to values that go on with what was talked about, or that only one capability takes."""
    before = _CONTINUES.get(continued(turn.said) or "")
    missing = [kind for kind in _OF_ONE_KIND if kind in turn.said.values and (not before or kind not in before.kinds)]
    action = _OF_ONE_KIND[missing[0]] if missing else before
    return action().reply(turn) if action else None


def _help(title: str, turn: Turn, most: int = 3) -> Card:
    access = turn.context.access
    lines = tuple(
        (f"  • {example}",)
        for resource, example in _EXAMPLES
        if access.decide(turn.context.actor, turn.context.person, "read", resource, turn.context.sandbox).allowed
    )
    held = {right.verb for right in access.rights(turn.context.actor, turn.context.person, turn.context.sandbox)}
    lines += tuple((f"  • {example}",) for verb, example in _CHANGES if verb in held)
    more = (("  … and more: say “help”",),) if len(lines) > most else ()
    if not lines:
        return Card(
            "I don't know who you are, so there is nothing I may show you. Talk to me in Slack or with `make chat`."
        )
    return Card(title, lines=(*lines[:most], *more))
