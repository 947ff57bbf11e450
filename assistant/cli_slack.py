"""The command line for Slack: keys, and what came in and is not done (``assistant slack``, ``assistant inbox``)."""

from __future__ import annotations

import json

import click
from cryptography.fernet import Fernet

from assistant.bootstrap import Assistant
from assistant.contracts.errors import NotFound
from assistant.contracts.messaging import Entry, Stage


@click.group()
def slack() -> None:
    """Keys for the tokens of installed workspaces."""


@slack.command("new-key")
def new_key() -> None:
    """Print a new key for SLACK_ENCRYPTION_KEYS."""
    click.echo(Fernet.generate_key().decode())


@slack.command("rotate-keys")
@click.pass_obj
def rotate_keys(assistant: Assistant) -> None:
    """Encrypt all tokens anew with the first key of SLACK_ENCRYPTION_KEYS; the others may go then."""
    count = assistant.installations.rotate_keys()
    click.echo(f"Done: the tokens of {count} workspace{'s' * (count != 1)} are encrypted with the first key.")


@click.command()
@click.option("--count", default=50, show_default=True, help="At most so many, newest first.")
@click.pass_obj
def outbox(assistant: Assistant, count: int) -> None:
    """What could not be posted to chat, and why."""
    failures = assistant.outbox.failures(count)
    for post, at, why in failures:
        where = post.channel or post.reader or ""
        click.echo(f"{post.id}  {at:%Y-%m-%d %H:%M:%S}Z  {post.kind.value:<10}{where}  {why}")
    if not failures:
        click.echo("Everything was posted.")


@click.group()
def inbox() -> None:
    """What came in from chat and is not done."""


@inbox.command("list")
@click.option("--dead", is_flag=True, help="Only what was given up.")
@click.option("--count", default=50, show_default=True, help="At most so many, newest first.")
@click.pass_obj
def list_entries(assistant: Assistant, dead: bool, count: int) -> None:
    """What waits, is worked on, or was given up."""
    entries = assistant.inbox.entries(Stage.DEAD if dead else None, count)
    for entry in entries:
        incoming = entry.incoming
        at = f"{incoming.received_at:%Y-%m-%d %H:%M:%S}Z"
        problem = f"  {entry.problem}" if entry.problem else ""
        click.echo(f"{incoming.id}  {at}  {entry.stage.value:<8}{incoming.kind.value:<9}{incoming.user}{problem}")
    if not entries:
        click.echo("Nothing was given up." if dead else "Nothing waits.")


@inbox.command()
@click.argument("reference")
@click.pass_obj
def show(assistant: Assistant, reference: str) -> None:
    """Everything about one, by the reference that its author was told."""
    entry = _entry(assistant, reference)
    incoming = entry.incoming
    told = {
        "reference": incoming.id,
        "stage": f"{entry.stage.value}, attempt {incoming.attempts}",
        "problem": entry.problem or "none",
        "kind": incoming.kind.value,
        "from": f"{incoming.user} in {incoming.channel or 'no channel'} (workspace {incoming.team})",
        "sent": incoming.sent_at.isoformat(),
        "received": incoming.received_at.isoformat(),
        "text": incoming.text,
    }
    for name, value in told.items():
        click.echo(f"{name:<10} {value}")
    click.echo(json.dumps(dict(incoming.body), indent=2, ensure_ascii=False))


@inbox.command()
@click.argument("reference")
@click.pass_obj
def replay(assistant: Assistant, reference: str) -> None:
    """Let one that was given up be answered after all; what would change something is asked again first."""
    if not assistant.inbox.replay(reference):
        raise _absent(assistant, reference, "was not given up")
    click.echo("It is being worked on again. What it asks to change is not changed: its author is asked again.")


@inbox.command()
@click.argument("reference")
@click.pass_obj
def drop(assistant: Assistant, reference: str) -> None:
    """Give one up for good; its author is not told."""
    if not assistant.inbox.drop(reference):
        raise _absent(assistant, reference, "is done, or being worked on")
    click.echo("Dropped.")


def _entry(assistant: Assistant, reference: str) -> Entry:
    entry = assistant.inbox.entry(reference)
    if entry is None:
        raise NotFound("message", reference)
    return entry


def _absent(assistant: Assistant, reference: str, why: str) -> click.ClickException:
    _entry(assistant, reference)
    return click.ClickException(f"{reference} {why}.")
