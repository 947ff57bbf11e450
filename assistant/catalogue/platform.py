"""``platform.yaml``: providers, environments, defaults and profiles."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from assistant.catalogue.documents import Document
from assistant.catalogue.freezes import read_freezes
from assistant.catalogue.on_call import read_rotations
from assistant.catalogue.schema import did_you_mean
from assistant.catalogue.values import Values, flatten, placeholder_problems, words
from assistant.contracts.errors import CatalogueBroken
from assistant.contracts.on_call import Rotation
from assistant.contracts.platform import DocumentFolder, Environment, Freeze, Provider
from assistant.contracts.post import ChatSettings

_MOST_NAMED = 12
PLATFORM_FILES = ("platform.yaml", "platform.yml")
_CHOICES = {
    "approval": ("assistant", "github", "jenkins-input", "none"),
    "rollback.second_person": ("true", "false", "over_migrations"),
}
"""Values that say who has to agree: a slip of the pen there would let something pass unasked."""


@dataclass(frozen=True)
class Platform:
    """What holds for every service."""

    document: Document
    providers: Mapping[str, Provider]
    environments: tuple[Environment, ...]
    defaults: Values
    profiles: Mapping[str, Values]
    documents: tuple[DocumentFolder, ...] = ()
    rotations: Mapping[str, Rotation] = field(default_factory=dict)
    freezes: tuple[Freeze, ...] = ()
    slack_workspaces: tuple[str, ...] = ()
    slack_channels: Mapping[str, ChatSettings] = field(default_factory=dict)

    @property
    def environment_names(self) -> tuple[str, ...]:
        """The names of the environments in order."""
        return tuple(environment.name for environment in self.environments)


def read_platform(document: Document) -> Platform:
    """The platform as a document of valid shape (see ``platform.schema.json``) describes it.

    Raises:
        CatalogueBroken: a rotation or a freeze has a date, an hour or a zone that does not exist.
    """
    content = document.value
    return Platform(
        document=document,
        providers={name: _provider(name, each) for name, each in content.get("providers", {}).items()},
        environments=tuple(
            Environment(each["name"], tuple(each.get("aliases", ())), each.get("after"), each.get("protected", True))
            for each in content["environments"]
        ),
        defaults=flatten(document, ("defaults",), "defaults") if "defaults" in content else {},
        profiles={
            name: flatten(document, ("profiles", name), f"profile {name}") for name in content.get("profiles", {})
        },
        documents=tuple(
            DocumentFolder(each["path"], each.get("owner"), each.get("url")) for each in content.get("documents", ())
        ),
        rotations=read_rotations(document),
        freezes=read_freezes(document),
        slack_workspaces=tuple(content.get("slack", {}).get("workspaces", ())),
        slack_channels={
            channel: ChatSettings(
                tuple(each["kinds"]) if "kinds" in each else None, each.get("replies"), each.get("service")
            )
            for channel, each in content.get("slack", {}).get("channels", {}).items()
        },
    )


def platform_problems(document: Document, platform: Platform, kinds: Collection[str]) -> Iterator[CatalogueBroken]:
    """What the shape alone does not show: names that are used twice, or do not exist.

    Args:
        kinds: the kinds of provider there are; not checked when empty.
    """
    yield from _environment_problems(document, platform)
    for name, provider in platform.providers.items():
        if kinds and provider.kind not in kinds:
            hint = did_you_mean(provider.kind, kinds) or f"; known are {', '.join(sorted(kinds))}"
            yield document.broken(("providers", name, "kind"), f"“{provider.kind}” is no kind of provider{hint}")
        for index, environment in enumerate(provider.environments):
            if environment not in platform.environment_names:
                place = ("providers", name, "environments", index)
                yield document.broken(place, unknown("environment", environment, platform.environment_names))
    for values in (platform.defaults, *platform.profiles.values()):
        yield from value_problems(values, platform)


def value_problems(values: Values, platform: Platform) -> Iterator[CatalogueBroken]:
    """Placeholders, providers and words among delivery values that do not exist."""
    yield from placeholder_problems(values)
    for key, choices in _CHOICES.items():
        chosen = values.get(key)
        if chosen is not None and chosen.text not in choices:
            expected = f"expected {key} to be one of {', '.join(choices)}, not “{chosen.text}”"
            yield CatalogueBroken(chosen.origin.file, chosen.origin.line, expected)
    for named in filter(None, (values.get("provider"), values.get("build.provider"))):
        for name in words(named.text):
            if name not in platform.providers:
                expected = unknown("provider", name, platform.providers)
                yield CatalogueBroken(named.origin.file, named.origin.line, expected)


def unknown(kind: str, name: str, known: Collection[str]) -> str:
    """“there is no … “…””, with the nearest name, or all when they are few."""
    some = f"; known are {', '.join(known)}" if 0 < len(known) <= _MOST_NAMED else ""
    hint = did_you_mean(name, known) or some
    return f"there is no {kind} “{name}”{hint}"


def _provider(name: str, content: Mapping[str, object]) -> Provider:
    environments = content.get("environments", ())
    return Provider(
        name=name,
        kind=str(content["kind"]),
        url=str(content["url"]),
        secret=str(content["secret"]) if "secret" in content else None,
        environments=tuple(environments) if isinstance(environments, list) else (),
    )


def _environment_problems(document: Document, platform: Platform) -> Iterator[CatalogueBroken]:
    taken: dict[str, str] = {}
    earlier: list[str] = []
    for index, environment in enumerate(platform.environments):
        here = ("environments", index)
        for name in (environment.name, *environment.aliases):
            other = taken.setdefault(name.casefold(), environment.name)
            if other != environment.name or (name == environment.name and name in earlier):
                yield document.broken(here, f"“{name}” is already a name of the environment {other}")
        if environment.after is not None and environment.after not in earlier:
            expected = f"expected “after” to name an environment above {environment.name}, not “{environment.after}”"
            yield document.broken((*here, "after"), expected)
        earlier.append(environment.name)
