"""The container files name only what exists, and let nothing through but Slack's routes. They are not built here."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import yaml
from jsonschema import Draft202012Validator

from assistant.cli import main
from assistant.settings import PROJECT, Settings
from extensions.channels.slack.oauth import PATH

FOLDER = PROJECT / "deploy" / "container"
DOCKERFILE = (FOLDER / "Dockerfile").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load((FOLDER / "compose.yaml").read_text(encoding="utf-8"))


def test_everything_that_is_copied_and_run_exists() -> None:
    copied = [words[:-1] for words in map(str.split, re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE))]
    assert copied and all((PROJECT / name).exists() for names in copied for name in names)
    commands = set(re.findall(r"bin/assistant\W+([a-z]+)", DOCKERFILE))
    assert commands == {"train", "serve"} and commands <= set(main.commands)
    assert f"{PATH}/ready" in DOCKERFILE


def test_the_compose_file_is_one_by_the_compose_specification() -> None:
    schema = json.loads((Path(__file__).parent / "compose-spec.json").read_text(encoding="utf-8"))
    validator = Draft202012Validator(schema)
    assert [error.message for error in validator.iter_errors(COMPOSE)] == []
    wrong = {"services": {"assistant": {**COMPOSE["services"]["assistant"], "read_olny": True}}}
    assert list(validator.iter_errors(wrong)), "the check notices what is wrong"


def test_no_secret_and_no_state_of_this_machine_is_copied() -> None:
    left_out = (FOLDER / "Dockerfile.dockerignore").read_text(encoding="utf-8").split()
    assert {".env", ".state", ".venv", ".git"} <= set(left_out)


def test_the_process_is_nobody_special() -> None:
    lines = DOCKERFILE.splitlines()
    assert lines.index("USER assistant") < next(number for number, line in enumerate(lines) if line.startswith("CMD"))
    assert COMPOSE["services"]["assistant"]["cap_drop"] == ["ALL"]


def test_compose_builds_that_file_and_hands_secrets_over_as_files() -> None:
    build = COMPOSE["services"]["assistant"]["build"]
    assert (FOLDER / build["context"] / build["dockerfile"]).resolve() == FOLDER / "Dockerfile"
    example = (PROJECT / ".env.example").read_text(encoding="utf-8")
    for name, value in COMPOSE["services"]["assistant"]["environment"].items():
        assert f"#{name.removesuffix('_FILE')}" in example
        if name.endswith("_FILE"):
            assert value.removeprefix("/run/secrets/") in COMPOSE["secrets"]
    assert set(COMPOSE["services"]["assistant"]["secrets"]) == set(COMPOSE["secrets"])


def test_ports_folders_and_settings_are_those_of_the_code() -> None:
    port = re.search(r"^\| `RASA_PORT` .*\| (\d+) \|$", (PROJECT / "docs" / "operations.md").read_text(), re.MULTILINE)
    assert port and f"127.0.0.1:{port[1]}{PATH}/ready" in DOCKERFILE
    assert f"reverse_proxy 127.0.0.1:{port[1]}" in (FOLDER / "Caddyfile").read_text(encoding="utf-8")
    kept = re.findall(r"ASSISTANT_STATE=(\S+)|^VOLUME (\S+)|mkdir (\S+)", DOCKERFILE, re.MULTILINE)
    assert {name for names in kept for name in names if name} == {"/state"}
    volumes = dict(volume.split(":", 1) for volume in COMPOSE["services"]["assistant"]["volumes"])
    assert volumes["state"] == "/state" and "state" in COMPOSE["volumes"]
    assert volumes["./catalog"] == f"{COMPOSE['services']['assistant']['environment']['CATALOG']}:ro"
    environment = COMPOSE["services"]["assistant"]["environment"]
    slack = {name.removesuffix("_FILE"): "x" for name in environment}
    given = Settings(slack).slack
    assert given is not None
    given.require_inbound()


def test_the_proxy_shows_slacks_routes_and_nothing_else() -> None:
    assert COMPOSE["services"]["proxy"]["network_mode"] == "service:assistant"
    words = shlex.split((FOLDER / "Caddyfile").read_text(encoding="utf-8"))
    assert words[words.index("handle") + 1] == f"{PATH}/*" and words.count("reverse_proxy") == 1
    assert words[words.index("respond") + 1] == "404"
    page = (PROJECT / "docs" / "slack.md").read_text(encoding="utf-8")
    nginx = page.partition("```nginx")[2].partition("```")[0]
    assert re.findall(r"location (\S+)", nginx) == [f"{PATH}/", "/"] and "return 404" in nginx
