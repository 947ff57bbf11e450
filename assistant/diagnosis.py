"""What an installation has, what it lacks, and how to get it (`assistant doctor`)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from assistant.bootstrap import Assistant
from assistant.contracts.errors import AssistantError
from assistant.finding import Finding
from assistant.safeguards.access import load_access
from assistant.safeguards.access_names import access_problems
from assistant.slack_check import slack_findings

_PERSON = "set ASSISTANT_LOCAL_PERSON to a User's name in the catalogue"
_CONNECT = "to connect GitHub, set GITHUB_TOKEN, or GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY (docs/connect-github.md)"


def diagnose(assistant: Assistant, model: Path) -> list[Finding]:
    """Look at settings, catalogue, access rules, database, model, Slack and every provider."""
    findings = [Finding(model.exists(), "trained model", "" if model.exists() else "make train")]
    findings += [*_catalogue(assistant), _access(assistant), _database(assistant), *slack_findings(assistant)]
    if not findings[1].ok:
        return findings
    return [*findings, _person(assistant), *_providers(assistant)]


def _catalogue(assistant: Assistant) -> Iterator[Finding]:
    try:
        current = assistant.source.current()
    except AssistantError as error:
        yield Finding(False, f"catalogue in {assistant.settings.catalog}", str(error))
        return
    counted = (
        f"{len(current.services)} services, {len(current.environments)} environments, {len(current.people)} people"
    )
    problem = assistant.source.problem
    yield Finding(problem is None, f"catalogue in {assistant.settings.catalog}: {counted}", str(problem or ""))


def _access(assistant: Assistant) -> Finding:
    problem = load_access(assistant.settings.catalog).problem
    if problem:
        return Finding(False, "access rules", f"{problem}; until then members only read status")
    with suppress(AssistantError):  # a catalogue that cannot be read is a finding of its own
        for unknown in access_problems(assistant.settings.catalog, assistant.source.current()):
            return Finding(False, "access rules", f"{unknown}; that rule grants nothing")
    return Finding(True, "access rules")


def _database(assistant: Assistant) -> Finding:
    try:
        return Finding(True, f"database ({assistant.engine.dialect.name})")
    except AssistantError as error:
        return Finding(False, "database", f"{error} Check DATABASE_URL.")


def _person(assistant: Assistant) -> Finding:
    name = assistant.settings.local_person
    if name is None:
        return Finding(
            True, "local person: not set; the console speaks for a member without a name (ASSISTANT_LOCAL_PERSON)"
        )
    known = name in assistant.source.current().people
    advice = "" if known else "no such person in the catalogue; use the name of a User there"
    return Finding(known, f"local person: {name}", advice)


def _providers(assistant: Assistant) -> Iterator[Finding]:
    if assistant.sandbox:
        yield Finding(True, "providers: none has credentials, so the sandbox answers for all", _CONNECT)
        return
    for name, provider in assistant.source.current().providers.items():
        try:
            assistant.ping(name)
        except AssistantError as error:
            yield Finding(False, f"{name} ({provider.url})", str(error))
        else:
            yield Finding(True, f"{name} ({provider.url})")
