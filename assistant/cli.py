"""The command line: ``assistant``."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from importlib.metadata import entry_points

import click

from assistant.bootstrap import Assistant
from assistant.cli_catalogue import catalog, init
from assistant.cli_changes import access, audit, pause, resume
from assistant.cli_slack import inbox, outbox, slack
from assistant.console import Console, converse
from assistant.contracts.errors import AssistantError, Invalid
from assistant.diagnosis import diagnose
from assistant.observability import configure_logging
from assistant.processes import QUIET, READY_SECONDS, Processes, Running, StartFailed, find_running, in_use
from assistant.settings import PROJECT, child_environment, load_settings
from assistant.slack_check import SlackCheck

MODEL = PROJECT / "models" / "assistant.tar.gz"


class _Commands(click.Group):
    """Turns every error of ours into one sentence and exit code 1."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except AssistantError as error:
            click.echo(f"{error}", err=True)
            sys.exit(1)
        except OSError as error:
            click.echo(f"{error.filename or 'A file'} cannot be used: {error.strerror}.", err=True)
            sys.exit(1)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def main(context: click.Context) -> None:
    """The Epetech assistant: what runs where, and how it is doing."""
    _stop_on_signals()
    settings = load_settings()
    configure_logging("cli", "error")
    context.obj = Assistant(settings)


main.add_command(catalog)
main.add_command(init)
main.add_command(inbox)
main.add_command(outbox)
main.add_command(slack)
for _ours in (access, audit, pause, resume):
    main.add_command(_ours)
for _command in entry_points(group="assistant.commands"):
    main.add_command(_command.load(), _command.name)


@main.command()
@click.pass_obj
def chat(assistant: Assistant) -> None:
    """Talk to the assistant here; starts what is needed and stops it again."""
    with _running(assistant) as running:
        click.echo("Ask away, for example: How's the staging environment doing?   (exit with Ctrl-D)\n")
        people = assistant.source.current().people if assistant.sandbox else {}
        converse(Console(running), sys.stdin, sys.stdin.isatty(), people)


@main.command()
@click.argument("question")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
@click.pass_obj
def ask(assistant: Assistant, question: str, as_json: bool) -> None:
    """Ask one question; exit code 0 when it was answered, 1 when not. Uses a running assistant if there is one."""
    with _running(assistant) as running:
        messages = Console(running).say(question)
    if as_json:
        click.echo(json.dumps([asdict(message) for message in messages], ensure_ascii=False, indent=2))
    else:
        for message in messages:
            click.echo(message.shown())
    sys.exit(0 if messages and all(message.answered for message in messages) else 1)


@main.command()
@click.pass_obj
def serve(assistant: Assistant) -> None:
    """Run all processes in the foreground until this one is told to stop."""
    app = assistant.settings.slack
    if app:
        app.require_inbound()
    with Processes(assistant.settings, MODEL, "slack" if app else "console") as processes:
        _announce(processes.start(), assistant)
        check = SlackCheck(assistant)
        _tell(check.lines())
        click.echo("Ready. Stop with Ctrl-C.")
        while True:
            _tell([*processes.tend(), *check.lines()])
            time.sleep(1)


def _tell(lines: Sequence[str]) -> None:
    for line in lines:
        click.echo(line, err=True)


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def doctor(assistant: Assistant, as_json: bool) -> None:
    """Say what is set up, what is missing, and how to get it. Exit code 1 when something is missing."""
    findings = diagnose(assistant, MODEL)
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=2))
    else:
        for finding in findings:
            advice = f"\n    → {finding.advice}" if finding.advice else ""
            click.echo(f"{'✓' if finding.ok else '✗'} {finding.what}{advice}")
    sys.exit(0 if all(finding.ok for finding in findings) else 1)


@main.command()
@click.pass_obj
def train(assistant: Assistant) -> None:
    """Train the model; `make` does this by itself when something that it depends on has changed."""
    log = assistant.settings.state / "logs" / "train.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    command = [
        sys.executable,
        "-m",
        "rasa",
        "train",
        "--force",
        "--fixed-model-name",
        MODEL.name.removesuffix(".tar.gz"),
    ]
    with log.open("wb") as output:
        child = subprocess.Popen(  # noqa: S603 - our own interpreter, no shell
            command,
            cwd=PROJECT,
            env=child_environment(assistant.settings, "train", **QUIET),
            stdout=output,
            stderr=output,
        )
        while child.poll() is None:
            _progress(f"Training the model, about a minute: {time.monotonic() - started:.0f} s")
            time.sleep(1)
    if child.returncode:
        lines = [line for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
        raise Invalid(f"Training failed: {lines[-1] if lines else 'without a word'} (the whole story is in {log})")
    click.echo(f"\rTrained the model in {time.monotonic() - started:.0f} s.          ", err=True)


@contextmanager
def _running(assistant: Assistant) -> Iterator[Running]:
    """A running assistant: the one that is there already, or one of our own that ends with us."""
    running = find_running(assistant.settings)
    patience = time.monotonic() + READY_SECONDS
    while running is None and in_use(assistant.settings):
        if time.monotonic() > patience:
            raise StartFailed(f"The assistant that runs here does not answer; see {assistant.settings.state / 'logs'}.")
        _progress("The assistant is being started here already; waiting for it …")
        time.sleep(0.5)
        running = find_running(assistant.settings)
    if running is not None and running.channel != "console":
        raise Invalid(
            "The assistant that runs here serves Slack and has no console: ask it there. To try something beside it, "
            "start another one with ASSISTANT_STATE, RASA_PORT and ACTION_SERVER_PORT of its own."
        )
    if running is not None:
        yield running
        return
    _progress("Starting, about 15 seconds …")
    with Processes(assistant.settings, MODEL) as processes:
        running = processes.start()
        _announce(running, assistant)
        with _tended(processes):
            yield running


@contextmanager
def _tended(processes: Processes) -> Iterator[None]:
    """Start again what ends by itself, while the person at the console goes on."""
    done = threading.Event()

    def tend() -> None:
        while not done.wait(1):
            try:
                _tell(processes.tend())
            except StartFailed as error:
                click.echo(f"{error}", err=True)
                return

    watcher = threading.Thread(target=tend, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


def _announce(running: Running, assistant: Assistant) -> None:
    settings = assistant.settings
    what = "the sandbox, a made-up platform" if running.sandbox else ", ".join(assistant.source.current().providers)
    _progress("")
    click.echo(f"Asking:   {what}; described in {settings.catalog}", err=True)
    click.echo(
        f"Running:  dialogue server :{running.port}, action server, worker{', sandbox' * running.sandbox}", err=True
    )
    click.echo(f"Logs:     {settings.state / 'logs'}", err=True)


def _progress(line: str) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{line:<60}", nl=False, err=True)


def _stop_on_signals() -> None:
    """A polite end, with everything cleaned up, also when the terminal is closed or a supervisor stops us."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(0))
