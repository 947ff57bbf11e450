"""Other people's servers that the adapters are tested against: installed by ``make peers``, bound to this machine only.

Where one is missing its tests are skipped with the reason; where ``CI`` is set they fail instead.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

HERE = Path(__file__).parent
MODULES = HERE / "node_modules"
START_SECONDS = 60.0


def missing(what: str) -> None:
    """Skip the test for want of ``what``, or fail it where everything has to be there."""
    reason = f"{what} is missing: run `make peers`"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def needed(path: Path) -> Path:
    """``path`` below ``node_modules``, when it is installed."""
    if not (MODULES / path).exists():
        missing(str(path))
    return MODULES / path


def free_port() -> int:
    """A port of this machine that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def prism(folder: Path, paths: Collection[str], in_front_of: str | None = None) -> Iterator[str]:
    """Prism with GitHub's own description of ``paths``; gives its address.

    As a mock that checks each request and answers GitHub's examples; or ``in_front_of`` another server, adding the
    header ``sl-violations`` to its answers. ``folder`` is for the part of the description that is used: Prism needs a
    quarter of a minute to read all of it.
    """
    program = needed(Path("@stoplight/prism-cli/dist/index.js"))
    whole = json.loads(needed(Path("@octokit/openapi/generated/api.github.com.json")).read_text())
    description = folder / "github.json"
    description.write_text(json.dumps(_cut(whole, paths)))
    port = free_port()
    how = ["proxy", str(description), in_front_of] if in_front_of else ["mock", str(description)]
    command = [_node(), str(program), *how, "--host", "127.0.0.1", "--port", str(port)]
    with _running(command, lambda: requests.get(f"http://127.0.0.1:{port}/", timeout=5)):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def emulate_github(folder: Path) -> Iterator[Mapping[str, str]]:
    """emulate's GitHub with ``epetech/payments``; gives ``url``, ``token``, ``app_id`` and ``private_key``."""
    needed(Path("emulate/package.json"))
    port, ready = free_port(), folder / "ready.json"

    def started() -> None:
        if not ready.exists():
            raise requests.ConnectionError

    with _running([_node(24), str(HERE / "emulate_github.mjs"), str(port), str(ready)], started):
        yield json.loads(ready.read_text())


@contextmanager
def emulate_slack(folder: Path, scopes: Collection[str], events: str = "") -> Iterator[Mapping[str, str]]:
    """emulate's Slack, which refuses what ``scopes`` do not cover and sends its signed events to ``events``.

    Gives ``url``, ``team``, ``token`` of the bot ``bot_user``, ``channel``, the eight people of the catalogue by their
    first names, ``ana_token`` to write as one of them, ``signing_secret``, ``client_id`` and ``client_secret``.
    ``/_test/NAME`` shows a part of its store, and ``DELETE /_test`` makes it forget what was said.
    """
    needed(Path("emulate/package.json"))
    port, ready = free_port(), folder / "slack.json"
    arguments = [str(port), str(ready), ",".join(scopes), *([events] if events else [])]

    def started() -> None:
        if not ready.exists():
            raise requests.ConnectionError

    with _running([_node(24), str(HERE / "emulate_slack.mjs"), *arguments], started):
        yield json.loads(ready.read_text())


def _node(least: int = 18) -> str:
    """A Node.js of at least that version: the one beside the peers, or the machine's own."""
    for found in (*sorted(MODULES.glob("node-linux-*/bin/node")), shutil.which("node")):
        if found is None:
            continue
        try:
            told = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout
        except (OSError, subprocess.CalledProcessError):
            continue
        if int(told.removeprefix("v").split(".")[0]) >= least:
            return str(found)
    missing(f"Node.js {least}")
    raise AssertionError("missing() does not return")


@contextmanager
def _running(command: list[str], answers: Callable[[], object]) -> Iterator[None]:
    """``command`` while the block runs, from the moment that ``answers`` no longer raises a ConnectionError."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and process.poll() is None:
            try:
                answers()
                break
            except requests.ConnectionError:
                time.sleep(0.1)
        else:
            pytest.fail(f"{command[1]} did not start")
        yield
    finally:
        process.terminate()
        process.wait(10)


def _cut(whole: dict[str, Any], paths: Collection[str]) -> dict[str, Any]:
    """The description of ``paths`` and of what they refer to."""
    kept: dict[str, Any] = {path: whole["paths"][path] for path in paths}
    components: dict[str, dict[str, Any]] = {}
    todo = list(_references(kept))
    while todo:
        kind, name = todo.pop().split("/")[2:]
        if name not in components.setdefault(kind, {}):
            components[kind][name] = whole["components"][kind][name]
            todo += _references(components[kind][name])
    return {"openapi": whole["openapi"], "info": whole["info"], "paths": kept, "components": components}


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _references(each)
