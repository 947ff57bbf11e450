"""``python -m sandbox --port N``: serve the made-up platform on 127.0.0.1 until interrupted."""

from __future__ import annotations

import argparse
import contextlib
import signal
import sys

from sandbox.server import Server, moment


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="A made-up platform for trials and tests.")
    parser.add_argument("--port", type=int, required=True, help="where to listen on 127.0.0.1; 0 takes a free port")
    parser.add_argument("--now", type=moment, help="let the clock stand here, for example 2026-03-02T09:00:00Z")
    options = parser.parse_args()
    try:
        server = Server(options.port, options.now)
    except OSError as error:
        sys.exit(f"sandbox: port {options.port} cannot be used: {error.strerror}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    print(
        f"sandbox: a made-up GitHub, Jenkins, Alertmanager and Prometheus on http://127.0.0.1:{server.server_port}",
        flush=True,
    )
    with server, contextlib.suppress(KeyboardInterrupt):
        server.serve_forever()


if __name__ == "__main__":
    main()
