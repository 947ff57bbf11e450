"""Changes as cards: what would be done and what every gate says of it, how far a request is, what was refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from assistant.contracts.card import Button, Card, Line, Link, Moment, Row
from assistant.contracts.change import ChangeRequest, Finding, Plan, Proposal, State, Verb, Verdict
from assistant.contracts.changes import Change

Person = Callable[[str], str]
"""From a provider's login, or the name in the catalogue, to the name that colleagues know."""

_MARKS = {Verdict.PASSED: "ok", Verdict.WARNED: "warn", Verdict.STOPPED: "bad", Verdict.UNKNOWN: "unknown"}
_COMMITS = 8
_TELLING = ("access", "order", "CI", "known")
"""Gates whose finding is worth reading when they pass too."""
STATES = {
    State.DRAFT: "busy",
    State.WAITING: "busy",
    State.APPROVED: "busy",
    State.STARTING: "busy",
    State.UNDER_WAY: "busy",
    State.UNCERTAIN: "unknown",
    State.SUCCEEDED: "ok",
    State.CANCELLED: "warn",
    State.EXPIRED: "warn",
    State.VOID: "warn",
}


def shown(requests: Iterable[ChangeRequest]) -> dict[str, str]:
    """What a button carries: number and revision of every request that it is about."""
    return {"shown": " ".join(f"{request.number}.{request.revision}" for request in requests)}


def proposal_card(proposal: Proposal, person: Person, sandbox: bool, only_asked: bool = False) -> Card:
    """What a wish comes to: the question for a yes, or what stops it.

    Args:
        only_asked: it was asked what would happen; nothing waits for a yes then.
    """
    plans = proposal.plans
    gates = tuple(row for plan in plans for row in _gates(plan, len(plans) > 1, _told(proposal), only_asked))
    rows = (*_glass(proposal), *gates)
    lines = tuple(line for plan in plans for line in _contents(plan, person, len(plans) > 1))
    notes = tuple(dict.fromkeys(_notes(proposal, only_asked, person)))
    buttons: tuple[Button, ...] = ()
    if proposal.requests:
        values = shown(proposal.requests)
        buttons = (
            Button(
                "Yes, do it" if len(plans) == 1 else "Yes, both" if len(plans) == 2 else "Yes, all", "affirm", values
            ),
            Button("No", "deny", values),
        )
    return Card(_question(proposal, only_asked), rows, lines, notes, buttons or tuple(_ways_out(proposal)), sandbox)


def _question(proposal: Proposal, only_asked: bool) -> str:
    what = " and ".join(step_words(plan) for plan in proposal.plans)
    if told := _told(proposal):
        end = "Nothing was requested." if only_asked else "Nothing was started."
        return f"{what}: not possible right now. {told.sentence} {end}"
    return f"{what}: this is what would happen. Nothing was requested." if only_asked else f"{what}?"


def _glass(proposal: Proposal) -> Iterable[Row]:
    """That the glass is broken, what that passes, and why, as it will be recorded."""
    if not any(request.break_glass for request in proposal.requests):
        return
    forced = dict.fromkeys(each.gate for plan in proposal.plans for each in plan.findings if each.forced)
    passes = f"It passes: {', '.join(forced)}." if forced else "No gate needs it right now."
    why = next((request.reason for request in proposal.requests if request.reason), "")
    said = f"The glass is broken for this: nobody else will approve it. {passes} The reason, as it is recorded: {why}"
    yield Row("warn", "glass", (said,))


def _told(proposal: Proposal) -> Finding | None:
    """What stops it first: the headline says it."""
    return next((finding for plan in proposal.plans for finding in plan.findings if finding.stops), None)


def _ways_out(proposal: Proposal) -> Iterable[Button]:
    """What can be done about what stopped it."""
    for plan in proposal.plans:
        place = {"service": plan.wish.service, "environment": plan.wish.environment}
        stops = {finding.gate for finding in plan.findings if finding.stops}
        if "lock" in stops and "access" not in stops:
            version = {"version": plan.target.version} if plan.target else {}
            yield Button("Tell me when it's free", "ask_locks", {**place, **version, "shown": "tell"})
            if plan.may_take_over:
                yield Button("Take it over", "lock_environment", {**place, "shown": "take over"})
        if plan.under_way is not None:
            number = plan.under_way
            if plan.unsettled:
                yield settle_button(number)
            else:
                yield Button(f"Stop request {number}", "cancel_run", {"run": str(number)})


def settle_button(number: int) -> Button:
    """The choice that leads to what may be said of an uncertain request, in place of stopping it."""
    return Button(f"Settle request {number}", "inform", {"shown": f"settle {number}.0"})


def step_words(plan: Plan, ended: bool = False) -> str:
    """What a plan does, or did: "Deploy payments 1.4.2 to production (now 1.4.1)"."""
    wish = plan.wish
    version = plan.target.version if plan.target else wish.version or ""
    name = f"{wish.service} {version}".strip()
    before = f" ({'was' if ended else 'now'} {plan.from_version})" if plan.from_version else ""
    if wish.verb is Verb.ROLLBACK:
        return f"Roll back {wish.service} in {wish.environment}{before} to {version or 'an earlier version'}"
    return f"Deploy {name} to {wish.environment}{before}"


def _gates(plan: Plan, named: bool, told: Finding | None, only_asked: bool) -> Iterable[Row]:
    """Every gate with its finding: what needs a look each in a row of its own, what passed in one.

    What the headline tells is not said twice, and what passed helps nobody whom something else stops.
    """
    prefix = f"{plan.wish.service}: " if named else ""
    passed = []
    for finding in plan.findings:
        if finding is told and not (finding.url or named or only_asked):
            continue
        if finding.verdict is Verdict.PASSED:
            passed.append(f"{finding.gate} ({_short(finding)})" if finding.gate in _TELLING else finding.gate)
        else:
            yield Row(_MARKS[finding.verdict], f"{prefix}{finding.gate}", _line(finding))
    if passed and (told is None or only_asked):
        yield Row("ok", f"{prefix}passed", (", ".join(passed),))


def _short(finding: Finding) -> str:
    return finding.sentence.removeprefix("Allowed: ").rstrip(".")


def _line(finding: Finding) -> Line:
    return (f"{finding.sentence} ", Link("", finding.url)) if finding.url else (finding.sentence,)


def _contents(plan: Plan, person: Person, named: bool) -> Iterable[Line]:
    found = plan.comparison
    if found is None or not (found.changes or found.warned):
        return
    count = len(found.changes)
    commits = f"{count} commit{'s' if count != 1 else ''}"
    if found.of_paths:
        commits = f"{count} of {found.total} commits, those that touch {plan.wish.service}"
    prefix = f"{plan.wish.service}: " if named else ""
    verb = "takes back" if plan.wish.verb is Verb.ROLLBACK else "brings"
    yield (f"{prefix}It {verb} {commits}:",)
    for change in found.changes[:_COMMITS]:
        yield _commit(change, person)
    more = len(found.changes) - _COMMITS
    if found.url:
        yield ((f"  {more} more: " if more > 0 else "  All of it: "), Link("", found.url))


def _commit(change: Change, person: Person) -> Line:
    number = f" #{change.pull_request}" if change.pull_request else ""
    head = f"  • {change.title}{number} ({person(change.author)}, {change.commit[:7]}) "
    return (head, Link("", change.url)) if change.url else (head.rstrip(),)


def _notes(proposal: Proposal, only_asked: bool, person: Person) -> Iterable[str]:
    for plan in proposal.plans:
        stops = [finding for finding in plan.findings if finding.stops]
        if plan.holder and any(finding.gate == "lock" for finding in stops):
            yield f"Ask {person(plan.holder)} whether it can be given back earlier."
        if plan.comparison and plan.comparison.warned:
            files = ", ".join(plan.comparison.warned[:3])
            what = (
                "A rollback does not undo them" if plan.wish.verb is Verb.ROLLBACK else "A rollback would not undo them"
            )
            yield f"Careful, migrations: {files}. {what}."
        if plan.wait and not plan.stopped:
            yield f"{plan.wait} asks for its own approval once it has started; I show that wait and ask nobody here."
        if stops and all(finding.passable for finding in stops):
            yield "Whoever may break the glass can pass this, with a reason: “break glass: …, because …”."
    if proposal.requests:
        approvers = list(dict.fromkeys(name for plan in proposal.plans for name in plan.approvers))
        if any(plan.needs_approval for plan in proposal.plans):
            yield f"After your yes a second person has to approve it{_because_of(proposal)}: {some(approvers)}."
        yield "Your yes counts for exactly this, for five minutes."
    for number in proposal.replaced:
        yield f"This takes the place of request {number}, which is void now."


def _because_of(proposal: Proposal) -> str:
    """Why a rollback, which mostly needs nobody else, needs a second person this time."""
    back = [plan for plan in proposal.plans if plan.needs_approval and plan.wish.verb is Verb.ROLLBACK]
    if not back:
        return ""
    if any(plan.comparison and plan.comparison.warned for plan in back):
        return ", because it goes back across a migration"
    return (
        "" if all(plan.comparison and not plan.comparison.cut for plan in back) else ", in case it crosses a migration"
    )


def some(names: Sequence[str]) -> str:
    return (
        ", ".join(names[:6]) + (" and others" if len(names) > 6 else "") if names else "nobody may, by the access rules"
    )


def versions_card(service: str, versions: Sequence[str], sandbox: bool) -> Card:
    """What could be deployed of a service, each as a choice."""
    buttons = tuple(Button(version, "inform", {"version": version}) for version in versions)
    return Card(
        f"Versions of {service}, newest first." if versions else f"{service} has no versions.",
        (),
        (),
        (),
        buttons,
        sandbox,
    )


def requests_card(requests: Sequence[ChangeRequest], person: Person, sandbox: bool) -> Card:
    """How far requests are; one of them with all that is known of it."""
    if len(requests) == 1:
        return _request_card(requests[0], person, sandbox)
    rows = tuple(Row(STATES.get(one.state, "bad"), _name(one), _how_far(one)) for one in requests)
    return Card(f"{len(requests)} requests:", rows, sandbox=sandbox)


def _request_card(one: ChangeRequest, person: Person, sandbox: bool) -> Card:
    row = Row(STATES.get(one.state, "bad"), step_words(one.plan, one.state.ended), _ended(one))
    lines: list[Line] = [(f"Asked for by {person(one.asker.identity)}", *_because(one))]
    if one.approver and one.approved_at:
        lines.append((f"Approved by {person(one.approver.identity)} ", *_at(one.approved_at)))
    if one.break_glass:
        lines.append(("The glass was broken for this; the owners are told.",))
    if one.url:
        lines.append(("The run: ", Link(one.run or "", one.url)))
    if one.state is State.WAITING:
        lines.extend(_contents(one.plan, person, False))
    notes = tuple(
        f"{finding.gate}: {finding.sentence}"
        for finding in one.plan.findings
        if finding.verdict in (Verdict.WARNED, Verdict.UNKNOWN)
    )
    return Card(_headline(one), (row,), tuple(lines), notes if not one.state.ended else (), _buttons(one), sandbox)


def _headline(one: ChangeRequest) -> str:
    name = f"Request {one.number}, {short_words(one)}"
    if one.state is State.WAITING:
        return f"{name}, waits for approval by {some(one.plan.approvers)}."
    if one.state is State.UNCERTAIN:
        return f"{name}: {one.unknown}. Please look and tell me; I don't try again."
    if one.state is State.SUCCEEDED:
        return f"{name}, is done."
    return f"{name}, {'has' if one.state is State.FAILED else 'is'} {one.state.value}."


def short_words(one: ChangeRequest) -> str:
    """ "payments 1.4.3 → production"."""
    if one.wish.verb is Verb.ROLLBACK:
        return f"{one.wish.service} back to {one.target.version} in {one.wish.environment}"
    return f"{one.wish.service} {one.target.version} → {one.wish.environment}"


def _buttons(one: ChangeRequest) -> tuple[Button, ...]:
    values = shown([one])
    if one.state is State.WAITING:
        return (
            Button("Approve", "approve_request", values),
            Button("Reject", "reject_request", values),
            Button("Withdraw it", "cancel_run", values),
        )
    if one.state is State.UNDER_WAY:
        return (Button("Stop it", "cancel_run", values),)
    if one.state is State.UNCERTAIN:
        ends = {"succeeded": "It succeeded", "failed": "It failed", "cancelled": "It was cancelled"}
        told = ends if one.run_id else {"never": "It never started", "found": "I found its run"}
        return tuple(Button(title, "inform", {"shown": f"{kind} {values['shown']}"}) for kind, title in told.items())
    return ()


def _name(one: ChangeRequest) -> str:
    return f"{one.number}: {step_words(one.plan, one.state.ended)}"


def _how_far(one: ChangeRequest) -> Line:
    return _ended(one) or (one.state.value,)


def _ended(one: ChangeRequest) -> Line:
    """What became of it, as far as there is more to say than its state."""
    if one.ended_at:
        return (f"{one.outcome or one.state.value} ", *_at(one.ended_at))
    return (one.outcome,) if one.outcome else ()


def _because(one: ChangeRequest) -> Line:
    return (f": {one.reason}",) if one.reason else ()


def _at(moment: datetime | None) -> Line:
    return (Moment(moment),) if moment else ()
