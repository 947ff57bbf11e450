"""Trains both pipelines by Rasa's own command on the same data and domain."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.contracts.errors import Invalid
from assistant.processes import QUIET
from assistant.settings import PROJECT
from bench.figures import Figure

OURS = PROJECT / "config.yml"
STOCK = PROJECT / "bench" / "stock" / "config.yml"
STOCK_MODEL = PROJECT / "models" / "stock" / "model.tar.gz"


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
    started = time.monotonic()
    model = _run(["--force"], config, folder)
    return Trained(model, time.monotonic() - started)


def train_nlu(config: Path, data: Path, folder: Path) -> Path:
    """Train the understanding alone on ``data``; the model's file. Raises as :func:`train`."""
    return _run(["nlu", "--nlu", str(data)], config, folder)


def _run(words: Sequence[str], config: Path, folder: Path) -> Path:
    command = [
        *(sys.executable, "-m", "rasa", "train", *words, "--config", str(config)),
        *("--out", str(folder), "--fixed-model-name", "model"),
    ]
    with tempfile.TemporaryDirectory() as cache:
        surroundings = environment(RASA_CACHE_DIRECTORY=cache)
        ended = subprocess.run(
            command, cwd=PROJECT, env=surroundings, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
    if ended.returncode:
        last = (ended.stdout.strip().splitlines() or ["it said nothing"])[-1]
        raise Invalid(f"Rasa could not train {config.name}: {last}")
    return folder / "model.tar.gz"


def stock_model() -> Path:
    """The stock model that was trained last; trained now if there is none."""
    return STOCK_MODEL if STOCK_MODEL.exists() else train(STOCK, STOCK_MODEL.parent).model


def measure(folder: Path) -> Iterator[Figure]:
    """Seconds and sizes; the stock model is kept for the other parts."""
    ours, stock = train(OURS, folder), train(STOCK, STOCK_MODEL.parent)
    yield Figure("training", "s", ours.seconds, stock.seconds)
    yield Figure("model file", "MB", *(each.model.stat().st_size / 1e6 for each in (ours, stock)))
