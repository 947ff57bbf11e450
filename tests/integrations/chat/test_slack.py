"""Writing to Slack: each post by its method, and each way in which that fails."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

from assistant.contracts.errors import BadAnswer, Missing, ProviderError, RateLimited, Refused, Unavailable, Uncertain
from assistant.contracts.messaging import Workspace
from assistant.contracts.post import Place, Post, PostKind, Waiting
from assistant.integrations.chat import slack as adapter
from assistant.integrations.chat.slack import Slack
from tests.peers import emulate_slack, free_port

NOW = datetime.now(timezone.utc)
MODAL = {"type": "modal", "title": {"type": "plain_text", "text": "t"}, "blocks": []}
SCOPES = (
    "chat:write",
    "reactions:write",
    "im:write",
    "im:history",
    "channels:history",
    "groups:history",
    "files:write",
)


class Workspaces:
    """One workspace with one token."""

    def __init__(self, token: str = "xoxb-made-up") -> None:
        self.token = token

    def workspace(self, team: str) -> Workspace | None:
        return None if team == "T0" else Workspace(team, "UBOT", self.token)

    def teams(self) -> tuple[str, ...]:
        return ("T1",)


class StubbedSlack:
    """Slack on a port of this machine: notes each call, and answers what a test tells it to."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.answers: dict[str, tuple[int, dict[str, str], bytes]] = {}
        stub = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                method = self.path.rpartition("/")[2]
                is_json = "json" in self.headers.get("Content-Type", "")
                stub.calls.append((method, json.loads(body) if is_json else dict(parse_qsl(body))))
                if method not in stub.answers:
                    stub.answers[method] = _ok(channel="C1", ts="5.1", message={"thread_ts": "1.2"})
                status, headers, content = stub.answers[method]
                if status == 0:
                    self.close_connection = True
                    return
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/api/"


def _ok(**more: Any) -> tuple[int, dict[str, str], bytes]:
    return 200, {"Content-Type": "application/json"}, json.dumps({"ok": True, **more}).encode()


def _error(code: str, status: int = 200, **headers: str) -> tuple[int, dict[str, str], bytes]:
    return status, {"Content-Type": "application/json", **headers}, json.dumps({"ok": False, "error": code}).encode()


@pytest.fixture
def stub() -> Iterator[StubbedSlack]:
    stub = StubbedSlack()
    thread = threading.Thread(target=stub.server.serve_forever)
    thread.start()
    yield stub
    stub.server.shutdown()
    stub.server.server_close()
    thread.join()


def waiting(
    kind: PostKind = PostKind.MESSAGE, at: Place | None = None, seen: Place | None = None, **more: Any
) -> Waiting:
    post = Post("abc-1", kind, "T1", **{"channel": "C1", "text": "hello", "reader": "U1", **more})
    return Waiting(post, 1, False, NOW, at, seen)


def test_a_message_stands_in_its_thread_with_our_id_and_unfolds_nothing(stub: StubbedSlack) -> None:
    blocks = ({"type": "divider"},)
    place = Slack(Workspaces(), stub.url).send(waiting(thread="1.2", blocks=blocks))
    assert place == Place("C1", "5.1")
    ((method, sent),) = stub.calls
    assert method == "chat.postMessage"
    assert (sent["channel"], sent["thread_ts"], sent["text"]) == ("C1", "1.2", "hello")
    assert sent["metadata"] in ({"event_type": "assistant_post", "event_payload": {"id": "abc-1"}},) or json.loads(
        sent["metadata"]
    ) == {"event_type": "assistant_post", "event_payload": {"id": "abc-1"}}
    assert str(sent["unfurl_links"]).lower() in ("false", "0")
    assert "reply_broadcast" not in sent


def test_an_answer_to_a_deleted_message_does_not_stay_at_the_top(stub: StubbedSlack) -> None:
    stub.answers["chat.postMessage"] = _ok(channel="C1", ts="5.1", message={"text": "hello"})
    with pytest.raises(Missing, match="is gone"):
        Slack(Workspaces(), stub.url).send(waiting(thread="1.2"))
    assert [method for method, _ in stub.calls] == ["chat.postMessage", "chat.delete"]


@pytest.mark.parametrize(
    ("post", "method", "part"),
    [
        (waiting(PostKind.UPDATE, Place("D1", "3.1"), of="x"), "chat.update", {"channel": "D1", "ts": "3.1"}),
        (waiting(of="x", at=Place("C1", "3.1")), "chat.postMessage", {"thread_ts": "3.1"}),
        (waiting(PostKind.EPHEMERAL, thread="1.2"), "chat.postEphemeral", {"user": "U1", "thread_ts": "1.2"}),
        (waiting(PostKind.REACT, text="eyes", target="1.3"), "reactions.add", {"name": "eyes", "timestamp": "1.3"}),
        (waiting(PostKind.UNREACT, text="eyes", target="1.3"), "reactions.remove", {"name": "eyes"}),
        (waiting(PostKind.VIEW, target="9.t", options=MODAL), "views.open", {"trigger_id": "9.t"}),
        (waiting(PostKind.VIEW, Place("", "V1"), of="x", options=MODAL), "views.update", {"view_id": "V1"}),
        (waiting(PostKind.HOME, options={"type": "home", "blocks": []}), "views.publish", {"user_id": "U1"}),
    ],
)
def test_each_post_has_its_method(stub: StubbedSlack, post: Waiting, method: str, part: dict[str, str]) -> None:
    Slack(Workspaces(), stub.url).send(post)
    ((called, sent),) = stub.calls
    assert called == method
    assert {name: sent[name] for name in part} == part


def test_a_window_is_changed_where_it_was_opened(stub: StubbedSlack) -> None:
    stub.answers["views.open"] = _ok(view={"id": "V7"})
    slack = Slack(Workspaces(), stub.url)
    place = slack.send(waiting(PostKind.VIEW, target="9.t", options=MODAL))
    slack.send(waiting(PostKind.VIEW, place, of="x", options=MODAL))
    assert stub.calls[-1][1]["view_id"] == "V7"


def test_a_command_is_answered_at_its_own_address(stub: StubbedSlack) -> None:
    options = {"response_type": "ephemeral", "replace_original": True}
    url = stub.url.replace("/api/", "/actions/T1/response")
    Slack(Workspaces(), stub.url).send(waiting(PostKind.RESPONSE, target=url, options=options))
    ((_, sent),) = stub.calls
    assert sent == {"text": "hello", **options}


def test_a_message_may_end_with_a_link_to_another(stub: StubbedSlack) -> None:
    stub.answers["chat.getPermalink"] = _ok(permalink="https://x.slack.com/archives/C7/p31")
    linking = waiting(blocks=({"type": "divider"},), see="other", seen=Place("C7", "3.1"))
    Slack(Workspaces(), stub.url).send(linking)
    (asked, where), (method, sent) = stub.calls
    assert (asked, where["channel"], where["message_ts"], method) == (
        "chat.getPermalink",
        "C7",
        "3.1",
        "chat.postMessage",
    )
    assert sent["text"] == "hello\n<https://x.slack.com/archives/C7/p31|Its message, kept current>"
    assert sent["blocks"][-1]["elements"][0]["elements"][0]["url"] == "https://x.slack.com/archives/C7/p31"


@pytest.mark.parametrize("answer", [_error("message_not_found"), _error("x", 500), _error("ratelimited", 429), _ok()])
def test_an_answer_comes_without_its_link_when_slack_gives_none(
    stub: StubbedSlack, answer: tuple[int, dict[str, str], bytes]
) -> None:
    stub.answers["chat.getPermalink"] = answer
    assert Slack(Workspaces(), stub.url).send(waiting(see="other", seen=Place("C7", "3.1"))) == Place("C1", "5.1")
    assert stub.calls[-1][1]["text"] == "hello"


def test_no_other_address_is_written_to(stub: StubbedSlack) -> None:
    with pytest.raises(Missing, match="no such address"):
        Slack(Workspaces(), stub.url).send(waiting(PostKind.RESPONSE, target="https://evil.example/x"))


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (_error("ratelimited", 429, **{"Retry-After": "7"}), RateLimited),
        (_error("channel_not_found"), Missing),
        (_error("not_in_channel"), Missing),
        (_error("is_archived"), Missing),
        (_error("token_revoked"), Refused),
        (_error("invalid_auth"), Refused),
        (_error("missing_scope"), Refused),
        (_error("invalid_blocks"), BadAnswer),
        (_error("msg_too_long"), BadAnswer),
        (_error("fatal_error"), Uncertain),
        (_error("internal_error", 500), Uncertain),
        ((500, {}, b"<html>oops</html>"), Uncertain),
        ((502, {}, b""), Uncertain),
        ((200, {}, b"not json"), Uncertain),
        ((0, {}, b""), Uncertain),
    ],
)
def test_each_failure_has_its_error(
    stub: StubbedSlack, answer: tuple[int, dict[str, str], bytes], kind: type[ProviderError]
) -> None:
    stub.answers["chat.postMessage"] = answer
    with pytest.raises(ProviderError) as raised:
        Slack(Workspaces(), stub.url).send(waiting())
    assert type(raised.value) is kind
    assert "xoxb" not in f"{raised.value} {raised.value.details}"
    if isinstance(raised.value, RateLimited):
        assert raised.value.retry_after == 7


def test_silence_is_uncertain_and_a_closed_port_is_certain(stub: StubbedSlack, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Unavailable, match="cannot be reached"):
        Slack(Workspaces(), f"http://127.0.0.1:{free_port()}/api/").send(waiting())
    monkeypatch.setattr(adapter, "SECONDS", 0.2)
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)  # listens, and never answers
    with pytest.raises(Uncertain, match="did not answer"):
        Slack(Workspaces(), f"http://127.0.0.1:{server.server_port}/api/").send(waiting())
    server.server_close()


def test_a_workspace_that_removed_the_app_is_said() -> None:
    with pytest.raises(Refused, match="no installation"):
        Slack(Workspaces()).send(Waiting(Post("a", PostKind.MESSAGE, "T0", "C1", "x"), 1, False, NOW))


def test_a_sign_that_is_there_already_is_no_failure(stub: StubbedSlack) -> None:
    stub.answers["reactions.add"] = _error("already_reacted")
    assert Slack(Workspaces(), stub.url).send(waiting(PostKind.REACT, text="eyes", target="1.3")) is None


def test_what_may_have_arrived_is_found_by_its_id(stub: StubbedSlack) -> None:
    mine = {"event_type": "assistant_post", "event_payload": {"id": "abc-1"}}
    other = {"event_type": "assistant_post", "event_payload": {"id": "abc-2"}}
    first = {"messages": [{"ts": "6.0", "metadata": other}], "response_metadata": {"next_cursor": "c2"}}
    slack = Slack(Workspaces(), stub.url)
    stub.answers["conversations.replies"] = _ok(messages=[{"ts": "6.1", "metadata": mine}])
    assert slack.find(waiting(thread="1.2")) == Place("C1", "6.1")
    assert (stub.calls[0][1]["ts"], str(stub.calls[0][1]["include_all_metadata"])) in (("1.2", "True"), ("1.2", "1"))
    stub.answers["conversations.history"] = _ok(messages=[{"ts": "6.1"}, {"ts": "6.2", "metadata": other}])
    assert slack.find(waiting()) is None
    stub.answers["conversations.history"] = _ok(**first)
    with pytest.raises(BadAnswer, match="too many messages"):
        slack.find(waiting())


@pytest.fixture(scope="module")
def emulated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with emulate_slack(Path(tmp_path_factory.mktemp("slack")), SCOPES) as told:
        yield told


def test_against_a_slack_of_others(emulated: Any) -> None:
    """What the emulator knows: messages, threads, updates, direct messages, signs, and refusing unknown channels."""
    slack = Slack(Workspaces(emulated["token"]), f"{emulated['url']}/api/")
    here = {"team": emulated["team"], "channel": emulated["channel"]}

    def send(kind: PostKind, id: str, at: Place | None = None, **more: Any) -> Place | None:
        post = Post(id, kind, **{**here, "text": id, "reader": emulated["ana"], **more})
        return slack.send(Waiting(post, 1, False, NOW, at))

    parent = send(PostKind.MESSAGE, "parent")
    assert parent is not None and parent.channel == here["channel"]
    reply = send(PostKind.MESSAGE, "reply", thread=parent.ts)
    assert reply is not None
    assert send(PostKind.UPDATE, "changed", at=reply, of="reply") == reply
    send(PostKind.EPHEMERAL, "secret", thread=parent.ts)
    send(PostKind.REACT, "sign", text="eyes", target=parent.ts)
    send(PostKind.REACT, "again", text="eyes", target=parent.ts)
    send(PostKind.UNREACT, "gone", text="eyes", target=parent.ts)
    with pytest.raises(Missing, match="not in that channel"):
        send(PostKind.MESSAGE, "lost", channel="C0NOWHERE")
