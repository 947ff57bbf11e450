"""From a sentence to intent and values: both models, sentence by sentence in turn, one thread each."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from assistant.contracts.errors import Invalid
from assistant.settings import PROJECT
from bench.figures import Figure
from bench.training import environment
from learning.corpora import load

WARM_UP = 10
_ONE_THREAD = {"TF_INTRA_OP_PARALLELISM_THREADS": "1", "TF_INTER_OP_PARALLELISM_THREADS": "1"}

QUANTILES = {"median": 0.5, "95th percentile": 0.95}


@dataclass(frozen=True)
class Parser:
    """A trained model, and the catalogue that it finds names in; by default the one that comes with the project."""

    model: Path
    catalogue: Path | None = None


def measure(ours: Path, stock: Path, count: int) -> Iterator[Figure]:
    """Parse ``count`` phrases with both models; the first few, which find nothing warm, are parsed but not counted."""
    times = milliseconds([Parser(ours), Parser(stock)], count)
    for name, share in QUANTILES.items():
        yield Figure(f"parse, {name}", "ms", *np.quantile(times, share, axis=0).tolist())


def milliseconds(parsers: Sequence[Parser], count: int) -> npt.NDArray[np.float64]:
    """A row for each of ``count`` phrases, a column for each parser; each phrase goes to all of them in turn."""
    with ExitStack() as stack:
        running = [stack.enter_context(_running(parser)) for parser in parsers]
        times = [[_timed(process, text) for process in running] for text in phrases(WARM_UP + count)]
    return np.array(times[WARM_UP:])


def phrases(count: int) -> Sequence[str]:
    """``count`` different phrases of the training data, always the same ones in the same order."""
    texts = sorted({example.text for example in load(PROJECT / "data" / "nlu")})
    return random.Random(1).sample(texts, count)


@contextmanager
def _running(parser: Parser) -> Iterator[subprocess.Popen[str]]:
    catalogue = {"CATALOG": str(parser.catalogue)} if parser.catalogue else {}
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.parser", str(parser.model)],
        cwd=PROJECT,
        env=environment(**_ONE_THREAD, **catalogue),
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    with process:
        try:
            _line(process)
            yield process
        finally:
            process.terminate()


def _timed(process: subprocess.Popen[str], text: str) -> float:
    assert process.stdin is not None
    process.stdin.write(text + "\n")
    process.stdin.flush()
    return float(_line(process))


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise Invalid("A model could not be loaded for parsing; rasa shell nlu --model shows why.")
    return line
