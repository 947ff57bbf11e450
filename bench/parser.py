"""A parser in a process of its own: ``python -m bench.parser MODEL`` answers each line with its milliseconds."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from rasa.utils.tensorflow.environment import setup_tf_environment

from assistant.observability import configure_logging
from learning.model import parser


def main() -> None:
    """Load the model, say so, then parse line by line until the input ends."""
    setup_tf_environment()
    configure_logging("bench", "error")
    parse = parser(Path(sys.argv[1]))
    print("ready", flush=True)
    for line in sys.stdin:
        started = time.perf_counter()
        parse(line.rstrip("\n"))
        print((time.perf_counter() - started) * 1000, flush=True)


if __name__ == "__main__":
    main()
