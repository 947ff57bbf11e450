"""Trains both pipelines by Rasa's own command on the same data and domain."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from assistant.contracts.errors import Invalid
from assistant.processes import QUIET
from assistant.settings import PROJECT
from bench.figures import Figure

OURS = PROJECT / "config.yml"
STOCK = PROJECT / "bench" / "stock" / "config.yml"


@dataclass(frozen=True)
class Trained:
    """A trained model: its file and the seconds from the start of the command to its end."""

    model: Path
    seconds: float


def environment(**more: str) -> dict[str, str]:
    """For every process that is measured: as the assistant starts its own, and nothing of whoever measures."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**inherited, **QUIET, **more}


def train(config: Path, folder: Path) -> Trained:
    """Train the pipeline of ``config`` from scratch into ``folder``. Raises Invalid with Rasa's last line."""
    folder.mkdir()
    command = [
        *(sys.executable, "-m", "rasa", "train", "--force", "--config", str(config)),
        *("--out", str(folder), "--fixed-model-name", "model"),
    ]
    started = time.monotonic()
    surroundings = environment(RASA_CACHE_DIRECTORY=str(folder / "cache"))
    ended = subprocess.run(
        command, cwd=PROJECT, env=surroundings, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    if ended.returncode:
        last = (ended.stdout.strip().splitlines() or ["it said nothing"])[-1]
        raise Invalid(f"Rasa could not train {config.name}: {last}")
    return Trained(folder / "model.tar.gz", time.monotonic() - started)


def measure(stock: Trained, folder: Path) -> Iterator[Figure]:
    """Seconds and sizes, with the assistant's own pipeline trained for it beside the ``stock`` one."""
    ours = train(OURS, folder / "ours")
    yield Figure("training", "s", ours.seconds, stock.seconds)
    yield Figure("model file", "MB", *(each.model.stat().st_size / 1e6 for each in (ours, stock)))
