"""What fires and what is silenced, in the catalogue's words; and the runbook for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from functools import partial

from assistant.catalogue import Catalogue
from assistant.contracts.alerts import (
    SEVERITIES,
    Alert,
    AlertRule,
    AlertsReport,
    AlertsRequest,
    Fired,
    Firing,
    Runbook,
    RunbookReport,
)
from assistant.contracts.docs import Found
from assistant.contracts.errors import NotConnected, ProviderError
from assistant.operations.alert_names import spoken
from assistant.operations.context import Context

_PAGES = 5


def alerts(context: Context, request: AlertsRequest) -> AlertsReport:
    """What fires in every Alertmanager that could know of what is asked.

    Raises:
        NotAllowed: the actor may not read alerts.
        NotConnected: the catalogue has no Alertmanager.
    """
    context.require("read", "alerts")
    found, problems, ages, asked = _asked(context, request.environments)
    mapping = _Mapping.of(context.catalogue)
    named = [mapping.firing(alert) for alert in found]
    fits = [one for one in named if _fits(context.catalogue, request, one)]
    if not request.alerts and (prose := spoken(request.words, [one.alert.name for one in fits])):
        request = replace(request, alerts=prose)
        fits = [one for one in fits if one.alert.name in prose]
    mapped = sorted((one for one in fits if one.service), key=_worst_first)
    return AlertsReport(
        request,
        firing=tuple(one for one in mapped if not one.alert.silences),
        silenced=tuple(one for one in sorted(fits, key=_worst_first) if one.alert.silences),
        unmapped=tuple(one for one in sorted(fits, key=_worst_first) if not one.service and not one.alert.silences),
        problems=problems,
        asked=asked,
        ages=ages,
    )


def hear(context: Context, names: Iterable[str]) -> Mapping[str, object]:
    """What each of these Alertmanagers tells, kept as what it told last; also the worker's step."""
    calls: dict[str, tuple[str, Callable[[], object]]] = {
        name: (name, partial(_heard, context, name)) for name in names
    }
    answers = context.gather(calls, context.deadline)
    fired = {name: answer for name, answer in answers.items() if isinstance(answer, Fired)}
    context.remember(fired, datetime.now(timezone.utc))
    return answers


def _heard(context: Context, name: str) -> Fired:
    return Fired(tuple(context.alerts[name]().alerts(context.deadline)))


def runbook(context: Context, request: AlertsRequest) -> RunbookReport:
    """The runbooks of the alerts or services that are named: of what fires, of what could, then the documents'.

    Raises:
        NotAllowed: the actor may not read alerts.
        NotConnected: the catalogue has no Alertmanager.
    """
    report = alerts(context, request)
    asked = (*request.alerts, *request.services)
    fired = [*report.firing, *report.silenced, *report.unmapped]
    found = [Runbook(_subject(one), one.alert.runbook, "alert") for one in fired if one.alert.runbook]
    problems = report.problems
    if not found:
        rules, further = _rules(context, request.environments)
        problems = (*problems, *further)
        found = [Runbook(rule.name, rule.runbook, "rule") for rule in _wanted(context, request, rules) if rule.runbook]
    if not found:
        found, further = _documents(context, asked)
        problems = (*problems, *further)
    owners = {context.catalogue.services[one.service].owner for one in fired if one.service}
    owners |= {context.catalogue.services[name].owner for name in request.services}
    teams = [(name, team.channel) for name, team in sorted(context.catalogue.teams.items()) if name in owners]
    return RunbookReport(asked, tuple(dict.fromkeys(found)), tuple(teams), problems)


def named_alerts(context: Context, words: str) -> tuple[str, ...]:
    """The alerts that a question names in prose, of those that could fire; none where no alerts may be read."""
    if not context.may("read", "alerts").allowed:
        return ()
    rules, problems = _rules(context, ())
    names = [rule.name for rule in rules]
    if problems:  # what fires has its name elsewhere too
        names += [each.name for each in _asked(context, ())[0]]
    return spoken(words, names)


def _asked(
    context: Context, environments: Iterable[str]
) -> tuple[list[Alert], tuple[ProviderError, ...], dict[str, timedelta], int]:
    """The alerts, who did not answer, how old what they told last is, and how many were asked."""
    names = _instances(context, "alertmanager", environments)
    if not names:
        raise NotConnected("Alertmanager", "is not connected: the catalogue names none that serves what you ask for")
    answers = hear(context, names)
    silent = {name: answer for name, answer in answers.items() if isinstance(answer, ProviderError)}
    before = {name: known for name in silent if (known := context.recall(Fired, name))}
    told = [*(each for each in answers.values() if isinstance(each, Fired)), *(each.value for each in before.values())]
    now = datetime.now(timezone.utc)
    ages = {name: now - known.at for name, known in before.items()}
    return [alert for each in told for alert in each.alerts], tuple(silent.values()), ages, len(names)


def _instances(context: Context, kind: str, environments: Iterable[str]) -> list[str]:
    """The instances that serve one of the environments; all of them when none is named."""
    wanted = tuple(environments) or tuple(each.name for each in context.catalogue.environments)
    known = context.alerts if kind == "alertmanager" else context.metrics
    serving = (each.name for name in wanted for each in context.catalogue.serving(kind, name))
    return [name for name in dict.fromkeys(serving) if name in known]


def _rules(context: Context, environments: Iterable[str]) -> tuple[list[AlertRule], tuple[ProviderError, ...]]:
    calls: dict[str, tuple[str, Callable[[], object]]] = {
        name: (name, lambda name=name: context.metrics[name]().rules(context.deadline))  # type: ignore[misc]
        for name in _instances(context, "prometheus", environments)
    }
    answers = context.gather(calls, context.deadline)
    problems = tuple(each for each in answers.values() if isinstance(each, ProviderError))
    return [rule for each in answers.values() if isinstance(each, list) for rule in each], problems


def _wanted(context: Context, request: AlertsRequest, rules: Iterable[AlertRule]) -> list[AlertRule]:
    """The rules with one of the names; without names those whose own labels mean one of the services."""
    if request.alerts:
        return [rule for rule in rules if _word(rule.name) in set(map(_word, request.alerts))]
    mapping = _Mapping.of(context.catalogue)
    return [rule for rule in rules if mapping.place(rule.labels, ())[0] in request.services]


def _documents(context: Context, names: Iterable[str]) -> tuple[list[Runbook], tuple[ProviderError, ...]]:
    """The pages whose path or headings have a name in them; of a service's only those of runbooks."""
    access = context.may("read", "docs")
    knowledge, folders = context.knowledge, context.catalogue.documents
    if knowledge is None or not folders or not access.allowed:
        return [], ()
    calls: dict[str, tuple[str, Callable[[], object]]] = {
        name: ("documents", partial(knowledge.search, folders, (name,), _PAGES, context.deadline)) for name in names
    }
    answers = context.gather(calls, context.deadline)
    found = []
    for name, answer in answers.items():
        pages = answer.passages if isinstance(answer, Found) else ()
        wanted = [_word(name), "runbook"] if name in context.catalogue.services else [_word(name)]
        about = ((page.url, _word(" ".join((page.file, *page.headings)))) for page in pages)
        urls = [url for url, words in about if url and all(word in words for word in wanted)]
        found += [Runbook(name, url, "documents") for url in urls[:1]]
    return found, tuple(each for each in answers.values() if isinstance(each, ProviderError))


def _fits(catalogue: Catalogue, request: AlertsRequest, one: Firing) -> bool:
    owner = catalogue.services[one.service].owner if one.service else one.alert.labels.get("team")
    return all(
        (
            not request.services or one.service in request.services,
            # Which environment an alert is about may be unknown: it is shown rather than lost.
            not request.environments or one.environment is None or one.environment in request.environments,
            not request.teams or owner in request.teams,
            not request.severities or one.alert.severity in request.severities,
            not request.alerts or _word(one.alert.name) in set(map(_word, request.alerts)),
        )
    )


def _word(name: str) -> str:
    """A name without case, spaces and hyphens: people write "high error rate" for ``HighErrorRate``."""
    return re.sub(r"[\W_]", "", name.casefold())


def _worst_first(one: Firing) -> tuple[str, int, str, float]:
    known = one.alert.severity in SEVERITIES
    rank = SEVERITIES.index(one.alert.severity) if known else SEVERITIES.index("info")
    return one.service or "", rank, one.alert.name, one.alert.since.timestamp()


def _subject(one: Firing) -> str:
    return f"{one.alert.name} ({one.service})" if one.service else one.alert.name


Labels = frozenset[tuple[str, str]]


@dataclass(frozen=True)
class _Mapping:
    """``health.alerts.*`` read backwards: from an alert's labels to the places that declare them.

    ``exact`` has the places by all the labels they declare; ``services`` by those labels alone that name the service.
    """

    exact: Mapping[tuple[str, ...], Mapping[Labels, list[tuple[str, str]]]]
    services: Mapping[tuple[str, ...], Mapping[Labels, list[tuple[str, str]]]]
    only: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, catalogue: Catalogue) -> _Mapping:
        """The mapping of a catalogue."""
        exact: dict[tuple[str, ...], dict[Labels, list[tuple[str, str]]]] = {}
        services: dict[tuple[str, ...], dict[Labels, list[tuple[str, str]]]] = {}
        for service in catalogue.services:
            for environment in catalogue.environments_of(service):
                labels = catalogue.delivery(service, environment.name).section("health.alerts")
                written = catalogue.declared(service, environment.name)
                named = {key: text for key, text in labels.items() if _constant(written[f"health.alerts.{key}"].text)}
                for index, some in ((exact, labels), (services, named)):
                    if some:
                        by_values = index.setdefault(tuple(sorted(some)), {})
                        by_values.setdefault(frozenset(some.items()), []).append((service, environment.name))
        return cls(exact, services, {each.name: each.environments for each in catalogue.providers.values()})

    def firing(self, alert: Alert) -> Firing:
        """The alert with the service and the environment that its labels mean."""
        return Firing(alert, *self.place(alert.labels, self.only.get(alert.provider, ())))

    def place(self, labels: Mapping[str, str], serves: tuple[str, ...]) -> tuple[str | None, str | None]:
        """The service and the environment, where the labels (or what the instance serves) leave one each."""
        found = _looked_up(self.exact, labels, serves) or _looked_up(self.services, labels, serves)
        names, environments = ({place[0] for place in found}, {place[1] for place in found})
        service = names.pop() if len(names) == 1 else None
        return service, environments.pop() if service and len(environments) == 1 else None


def _constant(text: str) -> bool:
    """Whether a label is the same in every environment."""
    return "{environment}" not in text


def _looked_up(
    index: Mapping[tuple[str, ...], Mapping[Labels, list[tuple[str, str]]]],
    labels: Mapping[str, str],
    serves: tuple[str, ...],
) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for keys, places in index.items():
        if all(key in labels for key in keys):
            found += places.get(frozenset((key, labels[key]) for key in keys), [])
    return [place for place in found if not serves or place[1] in serves]
