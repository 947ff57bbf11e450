"""From a sentence to intent and values: both models, sentence by sentence in turn, one thread each."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np

from assistant.contracts.errors import Invalid
from assistant.settings import PROJECT
from bench.figures import Figure
from bench.training import environment
from learning.corpora import load

WARM_UP = 10
_ONE_THREAD = {"TF_INTRA_OP_PARALLELISM_THREADS": "1", "TF_INTER_OP_PARALLELISM_THREADS": "1"}


def measure(ours: Path, stock: Path, count: int) -> Iterator[Figure]:
    """Parse ``count`` phrases with both models; the first few, which find nothing warm, are parsed but not counted."""
    with ExitStack() as stack:
        parsers = [stack.enter_context(_parser(model)) for model in (ours, stock)]
        times = np.array([[_timed(parser, text) for parser in parsers] for text in phrases(WARM_UP + count)])
    for name, share in (("median", 0.5), ("95th percentile", 0.95)):
        yield Figure(f"parse, {name}", "ms", *np.quantile(times[WARM_UP:], share, axis=0).tolist())


def phrases(count: int) -> Sequence[str]:
    """``count`` different phrases of the training data, always the same ones in the same order."""
    texts = sorted({example.text for example in load(PROJECT / "data" / "nlu")})
    return random.Random(1).sample(texts, count)


@contextmanager
def _parser(model: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.parser", str(model)],
        cwd=PROJECT,
        env=environment(**_ONE_THREAD),
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


def _timed(parser: subprocess.Popen[str], text: str) -> float:
    assert parser.stdin is not None
    parser.stdin.write(text + "\n")
    parser.stdin.flush()
    return float(_line(parser))


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise Invalid("A model could not be loaded for parsing; rasa shell nlu --model shows why.")
    return line
