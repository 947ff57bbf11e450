"""The files of a drafted catalogue: plain YAML in which each guess carries a comment that says why."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from assistant.catalogue.descriptors import OURS, entity_name
from assistant.contracts.organisation import Repository, Workflow

NOBODY = "nobody-yet"
_API = "backstage.io/v1alpha1"
_NAME = re.compile(r"(?=.{1,63}$)[A-Za-z0-9]+([-_.][A-Za-z0-9]+)*")
_GUESS = re.compile(r' ⟦([^⟦]*)⟧"$', re.MULTILINE)
_INPUTS = (
    (re.compile(r"request|correlation|trace", re.IGNORECASE), "{request}"),
    (re.compile(r"commit|sha", re.IGNORECASE), "{commit}"),
    (re.compile(r"env|environment|target|stage", re.IGNORECASE), "{environment}"),
    (re.compile(r"version|tag|release|image", re.IGNORECASE), "{version}"),
    (re.compile(r"service|app|application|component", re.IGNORECASE), "{service}"),
)


@dataclass(frozen=True)
class Found:
    """What one repository shows; ``descriptors`` are those of Backstage that it has, ``jobs`` those called like it."""

    repository: Repository
    environments: tuple[str, ...]
    deploy: Workflow | None
    descriptors: tuple[Mapping[str, Any], ...]
    owner: str | None
    jobs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Stage:
    """An environment of ours, the names that repositories give it, and what people usually call it."""

    name: str
    names: tuple[str, ...]
    usual: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Way:
    """A way to deploy with the profile that describes it; ``central`` is the repository that does it for others."""

    profile: str
    workflow: Workflow
    central: str = ""


@dataclass(frozen=True)
class _Guess:
    text: str
    why: str


def files_of(
    address: str, found: Sequence[Found], stages: Sequence[Stage], jenkins: str | None = None
) -> dict[str, str]:
    """File name → text.

    Args:
        address: of GitHub's API.
        found: every repository, also those that turn out to be no service.
        jenkins: the address of the Jenkins whose jobs were looked at.
    """
    central = [each for each in found if _is_central(each)]
    ways = _ways([each for each in found if each not in central], central)
    services: dict[str, dict[str, Any]] = {}
    groups: dict[str, Mapping[str, Any]] = {}
    for each in found:
        groups.update({_key(group): group for group in each.descriptors if group["kind"] == "Group"})
        for component in _components(each):
            services.setdefault(_key(component), _completed(component, each, ways, stages))
    left_out = [each.repository.name for each in found if not any(_components(each)) and each not in central]
    teams = {_key(team): team for team in map(_team, _owners(services.values()))}
    files = {"platform.yaml": _platform(address, stages, ways, jenkins) + _left_out(left_out)}
    if teams or groups:
        files["teams.yaml"] = "---\n".join(_yaml(team) for _, team in sorted({**teams, **groups}.items()))
    names = {_name(service): service for service in services.values()}
    files.update({f"services/{name}.yaml": _yaml(service) for name, service in sorted(names.items())})
    return files


def _components(found: Found) -> list[Mapping[str, Any]]:
    """The services of a repository: those it describes itself, else one when it has something that deploys."""
    described = [each for each in found.descriptors if each["kind"] == "Component"]
    if described:
        return [each for each in described if each["spec"].get("type") != "library"]
    if not (found.environments or found.deploy) or _is_central(found):
        return []
    owner = found.owner if found.owner and _NAME.fullmatch(found.owner) else None
    why = "the first owner of everything in CODEOWNERS" if owner else "nobody is named in CODEOWNERS"
    metadata = {"name": _fitting(found.repository.name)}
    if found.repository.description:
        metadata["description"] = found.repository.description
    spec = {"type": "service", "lifecycle": "production", "owner": _Guess(owner or NOBODY, why)}
    return [{"apiVersion": _API, "kind": "Component", "metadata": metadata, "spec": spec}]


def _is_central(found: Found) -> bool:
    """Whether a repository deploys others: its workflow asks which service, and nothing else of a service is there."""
    asks = found.deploy is not None and "{service}" in [_input(name).text for name in found.deploy.inputs]
    return asks and not found.environments and not found.descriptors


def _completed(
    component: Mapping[str, Any], found: Found, ways: Sequence[_Way], stages: Sequence[Stage]
) -> dict[str, Any]:
    """A component with the annotations that it lacks."""
    metadata = dict(component["metadata"])
    present = metadata.get("annotations", {})
    drafted = dict(_annotations(found, ways, stages))
    if "backstage.io/source-location" in present:
        drafted.pop("github.com/project-slug")
    metadata["annotations"] = {**drafted, **present}
    spec = component["spec"]
    if isinstance(spec["owner"], str) and not _NAME.fullmatch(entity_name(spec["owner"])):
        spec = {**spec, "owner": _Guess(NOBODY, "its descriptor names an owner that is no name of a group")}
    return {**component, "metadata": metadata, "spec": spec}


def _annotations(found: Found, ways: Sequence[_Way], stages: Sequence[Stage]) -> Iterator[tuple[str, str | _Guess]]:
    yield "github.com/project-slug", found.repository.slug
    if found.jobs:
        others = f", as {'are' if found.jobs[2:] else 'is'} {', '.join(found.jobs[1:])}" if found.jobs[1:] else ""
        yield (
            "jenkins.io/job-full-name",
            _Guess(f"jenkins:{found.jobs[0]}", f"it is called like the repository{others}"),
        )
    own = next((way for way in ways if way.workflow == found.deploy and not way.central), None)
    central = [way for way in ways if way.central]
    if own:
        yield OURS + "profile", _Guess(own.profile, f"{own.workflow.file} can be started by hand")
    elif len(central) == 1 and not found.environments:
        yield OURS + "profile", _Guess(central[0].profile, f"no deploy workflow here, and {central[0].central} has one")
    here = [stage for stage in stages if set(stage.names) & set(found.environments)]
    if here and len(here) < len(stages):
        names = ", ".join(stage.name for stage in here)
        yield OURS + "environments", _Guess(names, "the repository has environments for these only")
    for stage in here:
        theirs = [name for name in stage.names if name in found.environments]
        if stage.name not in theirs:
            others = f", not {', '.join(theirs[1:])}" if theirs[1:] else ""
            why = f"it sounds like {stage.name}{others}"
            yield f"{OURS}{stage.name}.observe.github_environment", _Guess(theirs[0], why)


def _platform(address: str, stages: Sequence[Stage], ways: Sequence[_Way], jenkins: str | None) -> str:
    providers = {"github": {"kind": "github_actions", "url": address, "secret": "GITHUB"}}
    if jenkins:
        providers["jenkins"] = {"kind": "jenkins", "url": jenkins, "secret": "JENKINS"}
    content = {
        "providers": providers,
        "environments": list(_environments(stages)),
        "defaults": {
            "provider": "github",
            "observe": {
                "github_environment": "{environment}",
                "version": _Guess("ref", "a deployment is made from a tag or branch"),
            },
            "version": {"tag": _Guess("v{semver}", "versions are tagged like v1.4.2")},
        },
        "profiles": {way.profile: _profile(way) for way in ways},
    }
    return _yaml(content)


def _environments(stages: Sequence[Stage]) -> Iterator[dict[str, Any]]:
    before: Stage | None = None
    for stage in stages:
        aliases = dict.fromkeys([*stage.usual, *(name for name in stage.names if name != stage.name)])
        environment: dict[str, Any] = {"name": stage.name, "aliases": list(aliases)}
        if before and before.usual and stage.usual:
            environment["after"] = _Guess(before.name, "from the usual order of such names")
        yield environment
        before = stage


def _profile(way: _Way) -> dict[str, Any]:
    inputs = {name: _input(name) for name in way.workflow.inputs}
    versioned = "{version}" in [value.text for value in inputs.values()]
    ref = _Guess("main", "the version travels in an input") if versioned else _Guess("v{version}", "versions are tags")
    if not way.central:
        return {"start": {"workflow": way.workflow.file, "ref": ref, "inputs": inputs}}
    workflow = f"{way.central}/{way.workflow.file}"
    title = _Guess("deploy {service} {version} to {environment}", "write what the workflow's run-name says")
    observe = {"github_environment": "", "runs_of": workflow, "title": title}
    return {"observe": observe, "start": {"workflow": workflow, "ref": ref, "inputs": inputs}}


def _input(name: str) -> _Guess:
    for pattern, text in _INPUTS:
        if pattern.search(name):
            return _Guess(text, "from the input's name")
    return _Guess("", "left to the workflow; write what it should be given")


def _team(name: str) -> dict[str, Any]:
    title = _Guess(name, "an owner that no descriptor describes")
    return {
        "apiVersion": _API,
        "kind": "Group",
        "metadata": {"name": name},
        "spec": {"type": "team", "profile": {"displayName": title}, "children": []},
    }


def _owners(services: Iterable[Mapping[str, Any]]) -> set[str]:
    owners = [service["spec"]["owner"] for service in services]
    return {entity_name(owner.text if isinstance(owner, _Guess) else owner) for owner in owners}


def _ways(found: Iterable[Found], central: Iterable[Found]) -> list[_Way]:
    """The ways to deploy: ``actions``, ``actions-2`` ... by how many use them, then those that serve others."""
    counted = Counter(each.deploy for each in found if each.deploy)
    ordered = sorted(counted, key=lambda deploy: (-counted[deploy], deploy.file, deploy.inputs))
    own = [_Way(_numbered("actions", number), deploy) for number, deploy in enumerate(ordered)]
    others = [(each.repository.slug, each.deploy) for each in central if each.deploy]
    return own + [_Way(_numbered("central", number), deploy, slug) for number, (slug, deploy) in enumerate(others)]


def _numbered(name: str, number: int) -> str:
    return f"{name}-{number + 1}" if number else name


def _left_out(names: Sequence[str]) -> str:
    lines = [f"# guess: no service, for it has neither environments nor a deploy workflow: {name}\n" for name in names]
    return "\n" + "".join(sorted(lines)) if lines else ""


def _name(descriptor: Mapping[str, Any]) -> str:
    return str(descriptor["metadata"]["name"])


def _key(descriptor: Mapping[str, Any]) -> str:
    return _name(descriptor).casefold()


def _fitting(name: str) -> str:
    """A repository's name as Backstage allows names."""
    return name if _NAME.fullmatch(name) else "-".join(re.findall(r"[A-Za-z0-9]+", name))[:63].strip("-") or "unnamed"


class _Dumper(yaml.SafeDumper):
    """Writes a guess in quotes, its reason behind it in brackets that :func:`_yaml` turns into a comment."""


_Dumper.add_representer(
    _Guess, lambda dumper, guess: dumper.represent_scalar("tag:yaml.org,2002:str", f"{guess.text} ⟦{guess.why}⟧", '"')
)


def _yaml(content: Mapping[str, Any]) -> str:
    text = yaml.dump(content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10_000)
    return _GUESS.sub(r'"  # guess: \1', text)
