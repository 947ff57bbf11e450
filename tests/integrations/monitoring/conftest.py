"""Real monitoring servers on free ports of this machine, one of each for the whole run."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import requests

from tests.peers import free_port

METRICS = b"""# TYPE build_info gauge
build_info{service="search",env="staging",version="2.8.2"} 1
build_info{service="storefront",env="staging",version="2.8.1",pod="a"} 1
build_info{service="storefront",env="staging",version="2.8.2",pod="b"} 1
build_info{service="identity",env="staging"} 1
ready{service="search",pod="a"} 1
ready{service="search",pod="b"} 1
ready{service="payments",pod="a"} 1
ready{service="payments",pod="b"} 0
ready{service="odd"} NaN
"""
ALERTMANAGER = "route: {receiver: nobody}\nreceivers: [{name: nobody}]\n"
RULES = """groups:
- name: services
  rules:
  - alert: Slow
    expr: vector(0) > 1
    labels: {service: search}
    annotations: {runbook_url: "https://docs.epetech.online/slow/"}
"""
PROMETHEUS = """global: {{scrape_interval: 1s}}
rule_files: [rules.yml]
scrape_configs:
- {{job_name: services, honor_labels: true, static_configs: [{{targets: ['127.0.0.1:{port}']}}]}}
"""


def _program(name: str) -> str:
    path = shutil.which(name)
    if path is None and os.environ.get("CI"):
        pytest.fail(f"{name} is not installed")
    if path is None:
        pytest.skip(f"{name} is not installed")
    return path


def _await(condition: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if condition():
                return
        except requests.ConnectionError:
            pass
        time.sleep(0.05)
    pytest.fail("the server did not come up")


@contextmanager
def _running(command: list[str], url: str) -> Iterator[str]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _await(lambda: requests.get(f"{url}/-/ready", timeout=1).ok)
        yield url
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture(scope="session")
def alertmanager_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real Alertmanager without alerts."""
    program, folder, port = _program("prometheus-alertmanager"), tmp_path_factory.mktemp("am"), free_port()
    config = folder / "alertmanager.yml"
    config.write_text(ALERTMANAGER)
    command = [program, f"--config.file={config}", f"--storage.path={folder}", "--cluster.listen-address="]
    with _running([*command, f"--web.listen-address=127.0.0.1:{port}"], f"http://127.0.0.1:{port}") as url:
        yield url


class _Metrics(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(METRICS)))
        self.end_headers()
        self.wfile.write(METRICS)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture(scope="session")
def prometheus_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real Prometheus that has read ``METRICS``."""
    program, folder, port = _program("prometheus"), tmp_path_factory.mktemp("prometheus"), free_port()
    services = HTTPServer(("127.0.0.1", 0), _Metrics)
    threading.Thread(target=services.serve_forever, daemon=True).start()
    with _running(_prometheus(program, folder, services.server_port, port), f"http://127.0.0.1:{port}") as url:
        _await(lambda: bool(requests.get(f"{url}/api/v1/query?query=ready", timeout=1).json()["data"]["result"]))
        yield url
    services.shutdown()
    services.server_close()


def _prometheus(program: str, folder: Path, services: int, port: int) -> list[str]:
    config = folder / "prometheus.yml"
    (folder / "rules.yml").write_text(RULES)
    config.write_text(PROMETHEUS.format(port=services))
    listen = f"--web.listen-address=127.0.0.1:{port}"
    return [program, f"--config.file={config}", f"--storage.tsdb.path={folder / 'data'}", listen]
