"""Seconds of training, milliseconds of a message, and what a large catalogue costs."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import yaml

from assistant.cli import MODEL
from assistant.settings import PROJECT
from bench import parsing, training
from bench.nlu.given import Given
from bench.nlu.results import Measured
from bench.parsing import Parser

PHRASES = 300
SERVICES = 2000
_PARTS = (
    ("geo", "tax", "price", "audit", "order", "event", "route", "media"),
    ("index", "engine", "map", "log", "feed"),
)


def measure(given: Given) -> Iterator[Measured]:
    """The whole model's training, and parsing on one thread: beside stock Rasa, and with 2,000 services beside 8."""
    with tempfile.TemporaryDirectory() as folder:
        seconds = training.train(training.OURS, Path(folder)).seconds
        yield Measured("training, from the start of the command to its end", "s", seconds, reach="≤ 45")
        parsers = [Parser(MODEL), Parser(MODEL, large_catalogue(Path(folder) / "catalog", SERVICES))]
        parsers += [Parser(training.stock_model())] if given.stock else []
        times = parsing.milliseconds(parsers, PHRASES)
    for name, share in parsing.QUANTILES.items():
        ours, large, *stock = np.quantile(times, share, axis=0).tolist()
        reach = "≤ 12, and stock Rasa's" if name == "median" else ""
        yield Measured(f"parse, {name}", "ms", ours, stock[0] if stock else None, reach=reach)
        yield Measured(f"parse, {name}, {SERVICES:,} services", "ms", large)
    yield Measured(f"{SERVICES:,} services over 8: median", "%", 100 * large_over_small(times), reach="≤ 110")


def large_over_small(times: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> float:
    """The median with the large catalogue (second column) over that with the small one (first)."""
    small, large = np.median(times[:, :2], axis=0)
    return float(large / small)


def large_catalogue(folder: Path, services: int) -> Path:
    """The example company's catalogue with as many made-up services, a file each."""
    shutil.copytree(PROJECT / "catalog", folder)
    template = yaml.safe_load((PROJECT / "catalog" / "services" / "identity.yaml").read_text(encoding="utf-8"))
    for number in range(services):
        first, second = (part[number // divisor % len(part)] for part, divisor in zip(_PARTS, (5, 1), strict=True))
        name = f"{first}-{second}-{number}"
        template["metadata"] = {"name": name, "annotations": {"github.com/project-slug": f"epetech/{name}"}}
        (folder / "services" / f"{name}.yaml").write_text(yaml.safe_dump(template), encoding="utf-8")
    return folder
