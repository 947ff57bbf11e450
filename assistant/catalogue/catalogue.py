"""The catalogue as the rest of the assistant sees it: read-only, and every value with its origin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from assistant.catalogue.schema import nearest
from assistant.catalogue.values import Value, Values, fill, fill_query, is_query, words
from assistant.contracts.errors import Invalid, NotFound
from assistant.contracts.on_call import Rotation
from assistant.contracts.platform import Delivery, DocumentFolder, Environment, Freeze, Person, Provider, Service, Team
from assistant.contracts.post import ChatSettings


@dataclass(frozen=True)
class Plan:
    """The layers from which a service's delivery is resolved, weakest first, and those of one environment only."""

    layers: tuple[Values, ...]
    per_environment: Mapping[str, Values] = field(default_factory=dict)


@dataclass(frozen=True)
class Catalogue:
    """The company's platform at one moment.

    ``services``, ``teams``, ``people`` and ``providers`` are keyed by name; ``environments`` stand in the order
    of the platform file. ``revision`` changes with every change of a file.
    """

    services: Mapping[str, Service]
    environments: tuple[Environment, ...]
    teams: Mapping[str, Team]
    people: Mapping[str, Person]
    providers: Mapping[str, Provider]
    revision: str
    plans: Mapping[str, Plan] = field(repr=False)
    facts: Mapping[str, Values] = field(repr=False)
    documents: tuple[DocumentFolder, ...] = ()
    rotations: Mapping[str, Rotation] = field(default_factory=dict)
    freezes: tuple[Freeze, ...] = ()
    slack_workspaces: tuple[str, ...] = ()
    slack_channels: Mapping[str, ChatSettings] = field(default_factory=dict)

    def delivery(self, service: str, environment: str) -> Delivery:
        """How a service reaches an environment: its own words over its profile's over the defaults', value by value.

        A value that is written as empty text takes one away again. ``provider`` is the first of the providers
        named under ``provider`` that serves the environment.

        Raises:
            NotFound: the service or the environment is not in the catalogue.
            Invalid: the service does not run in that environment.
        """
        declared = self.declared(service, environment)
        return Delivery(
            service=service,
            environment=environment,
            provider=self._provider(declared, environment),
            repository=self.services[service].repository,
            values={
                name: (fill_query if is_query(name) else fill)(value.text, service, environment)
                for name, value in declared.items()
            },
        )

    def declared(self, service: str, environment: str) -> dict[str, Value]:
        """The values of :meth:`delivery` as they are written, before anything is filled in. Raises the same."""
        self._require(service, environment)
        plan = self.plans[service]
        merged: dict[str, Value] = {}
        for layer in (*plan.layers, plan.per_environment.get(environment, {})):
            merged.update(layer)
        return {name: value for name, value in sorted(merged.items()) if value.text}

    def environments_of(self, service: str) -> tuple[Environment, ...]:
        """The environments that a service runs in, in order. Raises NotFound for an unknown service."""
        names = self._service(service).environments
        return tuple(environment for environment in self.environments if environment.name in names)

    def services_in(self, environment: str) -> tuple[Service, ...]:
        """The services that run in an environment, by name. Raises NotFound for an unknown environment."""
        self._environment(environment)
        return tuple(each for _, each in sorted(self.services.items()) if environment in each.environments)

    def person(
        self,
        *,
        slack: str | None = None,
        github: str | None = None,
        jenkins: str | None = None,
        name: str | None = None,
    ) -> Person | None:
        """The person with that Slack member id, login (in any case) or name, None when nobody has it."""
        for person in self.people.values():
            if slack is not None and person.slack == slack:
                return person
            if github is not None and (person.github or "").casefold() == github.casefold():
                return person
            if jenkins is not None and (person.jenkins or "").casefold() == jenkins.casefold():
                return person
            if name is not None and person.name == name:
                return person
        return None

    def previous(self, environment: str) -> Environment | None:
        """The environment that a version passes before this one, None for the first. Raises NotFound."""
        before = self._environment(environment).after
        return self._environment(before) if before is not None else None

    def serving(self, kind: str, environment: str) -> tuple[Provider, ...]:
        """The instances of a kind of provider that serve an environment; one that names none serves all."""
        of_kind = (each for each in self.providers.values() if each.kind == kind)
        return tuple(each for each in of_kind if environment in (each.environments or (environment,)))

    def _provider(self, declared: Values, environment: str) -> str | None:
        named = words(declared["provider"].text) if "provider" in declared else ()
        serving = (name for name in named if environment in (self.providers[name].environments or (environment,)))
        return next(serving, None)

    def _require(self, service: str, environment: str) -> None:
        self._environment(environment)
        runs_in = [each.name for each in self.environments_of(service)]
        if environment not in runs_in:
            raise Invalid(f"{service} does not run in {environment}; it runs in {', '.join(runs_in)}.")

    def _service(self, name: str) -> Service:
        if name not in self.services:
            raise NotFound("service", name, nearest(name, self.services))
        return self.services[name]

    def _environment(self, name: str) -> Environment:
        for environment in self.environments:
            if environment.name == name:
                return environment
        raise NotFound("environment", name, nearest(name, [environment.name for environment in self.environments]))
