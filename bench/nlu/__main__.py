"""``python -m bench.nlu``; see :mod:`bench.nlu.command`."""

from __future__ import annotations

from learning.quiet import quiet

if __name__ == "__main__":
    quiet()
    from bench.nlu.command import main

    main()
