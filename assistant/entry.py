"""The console script: ends quietly at Ctrl-C from the first moment, while the imports still take their second."""

from __future__ import annotations

import signal


def main() -> None:
    """Run the command line."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from assistant import cli

    signal.signal(signal.SIGINT, signal.default_int_handler)
    cli.main()
