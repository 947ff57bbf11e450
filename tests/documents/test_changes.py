"""What the pages about changes say is what the code does: the chain, the states, the rights, every example."""

from __future__ import annotations

import re
import shlex
from datetime import datetime, timezone
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from assistant.bootstrap import Assistant
from assistant.catalogue import CatalogueSource
from assistant.cli import main
from assistant.contracts.change import NEXT
from assistant.operations import approvals, deployments, trigger
from assistant.safeguards.access import load_access
from assistant.safeguards.chain import CHAIN, FURTHER
from assistant.safeguards.rights import READABLE, SCOPED, problem
from assistant.settings import PROJECT, Settings

DOCS = Path(__file__).parents[2] / "docs"
DEPLOYMENTS, ACCESS, AUDIT = (
    (DOCS / f"{name}.md").read_text(encoding="utf-8") for name in ("deployments", "access", "audit")
)
FENCE = re.compile(r"^ *```(\w+)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)


def table(page: str, first: str) -> list[list[str]]:
    """The rows of the table whose first heading is ``first``."""
    rows = page[page.index(f"| {first} |") :].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def blocks(page: str, language: str) -> list[str]:
    return [body for name, body in FENCE.findall(page) if name == language]


def test_the_chain_on_the_page_is_the_one_in_the_code() -> None:
    assert table(DEPLOYMENTS, "gate") == [
        [
            gate.name,
            gate.asks,
            gate.deploy.value,
            gate.rollback.value,
            gate.unknown.value,
            "passes" if gate.passable else "no",
        ]
        for gate in CHAIN
    ]


def test_the_gates_of_everything_else_on_the_page_are_those_in_the_code() -> None:
    told = {what: () if gates == "–" else tuple(gates.split(", ")) for what, gates in table(DEPLOYMENTS, "what")}
    assert told == dict(FURTHER)


def test_the_states_on_the_page_are_those_in_the_code() -> None:
    told = {row[0]: row[1].split(", ") for row in table(DEPLOYMENTS, "state")}
    assert told == {state.value: [each.value for each in following] for state, following in NEXT.items() if following}


def test_the_times_on_the_page_are_those_in_the_code() -> None:
    assert deployments.CONFIRM_WITHIN.total_seconds() == trigger.START_WITHIN.total_seconds() == 5 * 60
    assert deployments.APPROVE_WITHIN.total_seconds() == 4 * 3600
    assert "within five minutes, once" in DEPLOYMENTS and "after four hours" in DEPLOYMENTS
    assert approvals.START_WITHIN == trigger.START_WITHIN


def test_the_freezes_of_the_page_are_read(tmp_path: Path) -> None:
    (tmp_path / "platform.yaml").write_text(blocks(DEPLOYMENTS, "yaml")[0], encoding="utf-8")
    reading = CatalogueSource(tmp_path).read()
    assert reading.problems == () and reading.catalogue
    assert [each.protected for each in reading.catalogue.environments] == [False, True]
    assert reading.catalogue.freezes[0].reason == "Year end"


def test_the_workflow_of_the_page_is_valid() -> None:
    workflow = yaml.safe_load(blocks(DEPLOYMENTS, "text")[0])
    assert set(workflow[True]["workflow_dispatch"]["inputs"]) == {"environment", "commit", "request"}


def test_the_rules_of_the_page_are_read(tmp_path: Path) -> None:
    (tmp_path / "access.yml").write_text(blocks(ACCESS, "yaml")[0], encoding="utf-8")
    assert load_access(tmp_path).problem is None


def test_the_grammar_of_the_page_has_every_word() -> None:
    grammar = blocks(ACCESS, "text")[0]
    assert all(re.search(rf"\b{word}\b", grammar) for word in READABLE)
    verbs = {verb for row in table(ACCESS, "verb") for verb in re.findall(r"`(\w+)`", row[0])}
    assert verbs == {*SCOPED, "pause"}
    assert problem("deplyo:*")


@pytest.mark.parametrize("page", [ACCESS, AUDIT], ids=["access", "audit"])
def test_every_example_of_a_command_answers_as_shown(page: str, tmp_path: Path) -> None:
    assistant = Assistant(Settings({"ASSISTANT_STATE": str(tmp_path), "CATALOG": str(PROJECT / "catalog")}))
    for words in (["pause", "load test"], ["resume"]):
        assert CliRunner().invoke(main.commands[words[0]], words[1:], obj=assistant).exit_code == 0
    for block in blocks(page, "console"):
        for example in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, shown = example.partition("\n")
            words = shlex.split(command)[1:]
            said = CliRunner().invoke(main.commands[words[0]], words[1:], obj=assistant).output
            digest = re.compile(r"\b[0-9a-f]{12}\b")
            assert digest.sub("…", said) == digest.sub("…", shown)


def test_everything_can_be_paused_while_the_catalogue_is_broken(tmp_path: Path) -> None:
    (tmp_path / "catalog").mkdir()
    (tmp_path / "catalog" / "platform.yaml").write_text("environments: [", encoding="utf-8")
    assistant = Assistant(Settings({"ASSISTANT_STATE": str(tmp_path), "CATALOG": str(tmp_path / "catalog")}))

    def run(*words: str) -> str:
        done = CliRunner().invoke(main.commands[words[0]], list(words[1:]), obj=assistant)
        assert done.exit_code == 0
        return done.output

    broken = r"Note: the catalogue is broken \(platform\.yaml.*nothing can be changed until it is repaired"
    said = run("pause", "an incident")
    assert "Paused: I read, and change nothing" in said and re.search(broken, said)
    stopped = assistant.switch.pause(datetime.now(timezone.utc))
    assert stopped and stopped.why == "an incident"
    said = run("resume")
    assert "Going on. It was paused by local/operator: an incident" in said and re.search(broken, said)
    assert assistant.switch.pause(datetime.now(timezone.utc)) is None


def test_export_forget_and_a_log_that_was_cut(tmp_path: Path) -> None:
    assistant = Assistant(Settings({"ASSISTANT_STATE": str(tmp_path), "CATALOG": str(PROJECT / "catalog")}))

    def run(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(main.commands[words[0]], list(words[1:]), obj=assistant)
        return done.exit_code, done.output

    run("pause", "key is password=hunter2hunter2")
    code, lines = run("audit", "export")
    assert code == 0 and len(lines.splitlines()) == 1 and "hunter2" not in lines and '"name": "local/operator"' in lines
    assert "local/operator  pause *  allowed" in run("audit", "show", "--verb", "pause")[1]
    log = tmp_path / "worker.log"
    log.write_text('{"event": "audit.anchor", "number": 7, "digest": "abc"}\n', encoding="utf-8")
    code, said = run("audit", "verify", "--log", str(log))
    assert code == 1 and "has noted record 7, and the last one here is 1" in said
    assert run("audit", "forget", "local/operator")[0] == 0
    assert '"name": null' in run("audit", "export")[1]
