"""However a provider fails, whatever was asked: it is said once for each provider, in words for people."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from assistant.contracts.errors import (
    BadAnswer,
    Missing,
    NotConnected,
    ProviderError,
    RateLimited,
    Refused,
    Unavailable,
)
from assistant.operations.context import Context
from assistant.safeguards.access import Access
from tests.capabilities import QUESTIONS, answer
from tests.operations.platform import FakeCi, context

WHYS = (
    (NotConnected, "is not connected: set GITHUB_TOKEN"),
    (Refused, "refused the credentials (401): renew them"),
    (Missing, "does not know what we asked for (404)"),
    (RateLimited, "asks to wait {seconds} s: its rate limit is used up"),
    (Unavailable, "did not answer in time"),
    (BadAnswer, "sent an answer that cannot be read"),
)


class Fails:
    """Every port in one; each call fails a little later than the one before."""

    def __init__(self, name: str, kind: type[ProviderError], why: str) -> None:
        self.name, self.kind, self.why, self.calls = name, kind, why, 0

    def __getattr__(self, port: str) -> Callable[..., object]:
        def call(*_: object, **__: object) -> object:
            self.calls += 1
            raise self.kind(self.name, self.why.format(seconds=60 - self.calls))

        return call


def failing(kind: type[ProviderError], why: str) -> Context:
    fails = {name: Fails(name, kind, why) for name in ("github", "jenkins", "alertmanager", "prometheus")}

    class Prometheus(Fails):
        def graph(self, *_: object) -> str:
            return "https://prometheus.epetech.online/graph"

    fails["prometheus"] = Prometheus("prometheus", kind, why)
    monitors: dict[str, Callable[[], Fails]] = {name: lambda name=name: fails[name] for name in fails}  # type: ignore[misc]
    return replace(
        context(FakeCi(), access=Access(members=("read:*",))),
        ci=fails.__getitem__,
        pipelines=fails.__getitem__,
        history=fails.__getitem__,
        changes=fails.__getitem__,
        monitoring=monitors,
        alerts={"alertmanager": monitors["alertmanager"]},
        metrics={"prometheus": monitors["prometheus"]},
    )


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize(("kind", "why"), WHYS, ids=[kind.__name__ for kind, _ in WHYS])
def test_the_reason_is_said_once_for_each_provider(question: str, kind: type[ProviderError], why: str) -> None:
    text = answer(question, failing(kind, why))
    told = re.findall(r"(\w+) " + re.escape(why).replace(re.escape("{seconds}"), r"\d+"), text)
    assert told, text
    assert len(told) == len(set(told)), text
