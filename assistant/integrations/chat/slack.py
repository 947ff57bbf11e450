"""Slack, for writing (port ``Chat``): docs.slack.dev/reference/methods, one method for each kind of post.

Each message carries the post's id in its metadata (docs.slack.dev/messaging/message-metadata), so that one that may
have arrived can be looked for.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.webhook import WebhookClient

from assistant.contracts.errors import (
    BadAnswer,
    Missing,
    ProviderError,
    RateLimited,
    Refused,
    Unavailable,
    Uncertain,
)
from assistant.contracts.ports import Workspaces
from assistant.contracts.post import Place, Post, PostKind, Waiting

EVENT = "assistant_post"
SECONDS = 10
_NAME = "Slack"
_KEPT_CURRENT = "Its message, kept current"
_PAGES = 5

_TOKEN_TROUBLE = (
    "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "missing_scope",
    "no_permission", "org_login_required", "ekm_access_denied", "team_access_not_granted",
)  # fmt: skip
# Slack failed on its side; its documentation says that something may have happened all the same.
_DOUBTFUL = ("internal_error", "fatal_error", "request_timeout", "service_unavailable", "team_added_to_org")
_NONSENSE = (
    "invalid_blocks", "invalid_blocks_format", "msg_too_long", "msg_blocks_too_long", "no_text", "invalid_arguments",
    "invalid_metadata_format", "invalid_metadata_schema", "metadata_too_large", "view_too_large", "json_not_object",
)  # fmt: skip
_WORDS = {
    "channel_not_found": "says that I am not in that channel",
    "not_in_channel": "says that I am not in that channel",
    "user_not_in_channel": "says that you are not in that channel",
    "is_archived": "says that the channel is archived",
    "restricted_action": "says that I may not write there",
    "token_revoked": "says that my installation was removed",
    "account_inactive": "says that my installation was removed",
    "expired_url": "took no answer there any more",
    "expired_trigger_id": "took no window there any more",
}


class Slack:
    """All workspaces where the assistant is installed.

    Args:
        workspaces: with their tokens.
        url: Slack's address, ending in ``/api/``.
    """

    def __init__(self, workspaces: Workspaces, url: str = "https://slack.com/api/") -> None:
        self._workspaces, self._url = workspaces, url

    def send(self, waiting: Waiting) -> Place | None:
        """Send a post, once."""
        post = self._linked(waiting.post, waiting.seen) if waiting.seen else waiting.post
        if post.kind is PostKind.RESPONSE:
            self._respond(post)
            return None
        client = self._client(post.team)
        if post.kind is PostKind.MESSAGE:
            return self._message(client, replace(post, thread=waiting.at.ts) if waiting.at else post)
        if post.kind is PostKind.FILE:
            self._file(client, post)
            return None
        if post.kind is PostKind.UPDATE and waiting.at:
            at = waiting.at
            _call(lambda: client.chat_update(channel=at.channel, ts=at.ts, **_content(post)))
            return at
        if post.kind is PostKind.VIEW:
            return self._view(client, waiting)
        _call(lambda: _WITHOUT_PLACE[post.kind](client, post), forgive=("already_reacted", "no_reaction"))
        return None

    def find(self, waiting: Waiting) -> Place | None:
        """Look for a message in its thread, channel or direct message, among those since it was put."""
        post, client = waiting.post, self._client(waiting.post.team)
        thread = waiting.at.ts if waiting.at else post.thread
        if post.kind is not PostKind.MESSAGE:
            raise Missing(_NAME, "cannot tell whether it was shown")
        channel, cursor = self._channel(client, post.channel), ""
        since = {"oldest": f"{waiting.put_at.timestamp() - 60:.6f}", "limit": 200, "include_all_metadata": True}
        for _ in range(_PAGES):
            where = {"channel": channel, "cursor": cursor, **since}
            if thread:
                found = _call(lambda w=where: client.conversations_replies(ts=thread, **w))  # type: ignore[misc]
            else:
                found = _call(lambda w=where: client.conversations_history(**w))  # type: ignore[misc]
            for message in found.get("messages", ()):
                if _id(message) == post.id:
                    return Place(channel, str(message["ts"]))
            cursor = (found.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return None
        raise BadAnswer(_NAME, "has too many messages there to look through")

    def _linked(self, post: Post, seen: Place) -> Post:
        """The post with a link to another message at its end; without one when Slack gives no address for it."""
        client = self._client(post.team)
        try:
            found = _call(lambda: client.chat_getPermalink(channel=seen.channel, message_ts=seen.ts))
        except ProviderError:
            found = {}
        if not found.get("permalink"):
            return post
        link = {"type": "link", "url": str(found["permalink"]), "text": _KEPT_CURRENT}
        block = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [link]}]}
        text = f"{post.text}\n<{link['url']}|{link['text']}>"
        return replace(post, text=text, blocks=(*post.blocks, block) if post.blocks else ())

    def _message(self, client: WebClient, post: Post) -> Place:
        answer = _call(
            lambda: client.chat_postMessage(
                channel=post.channel, thread_ts=post.thread, unfurl_links=False, unfurl_media=False, **_content(post)
            )
        )
        place = Place(str(answer.get("channel") or post.channel), str(answer.get("ts") or ""))
        if post.thread and not (answer.get("message") or {}).get("thread_ts"):
            # Slack shows an answer to a deleted message at the top of the channel, for everybody.
            _call(lambda: client.chat_delete(channel=place.channel, ts=place.ts))
            raise Missing(_NAME, "says that the message I was to answer is gone")
        return place

    @staticmethod
    def _view(client: WebClient, waiting: Waiting) -> Place | None:
        view = dict(waiting.post.options)
        if waiting.at:
            at = waiting.at
            _call(lambda: client.views_update(view_id=at.ts, view=view))
            return at
        answer = _call(lambda: client.views_open(trigger_id=waiting.post.target, view=view))
        return Place("", str((answer.get("view") or {}).get("id") or ""))

    def _file(self, client: WebClient, post: Post) -> None:
        channel = self._channel(client, post.channel)
        _call(
            lambda: client.files_upload_v2(
                channel=channel, thread_ts=post.thread, content=post.text, filename=post.title, title=post.title
            )
        )

    def _respond(self, post: Post) -> None:
        hosts = ("hooks.slack.com", urlsplit(self._url).hostname)
        if urlsplit(post.target).hostname not in hosts:
            raise Missing(_NAME, "has no such address for answers")
        client = WebhookClient(post.target, timeout=SECONDS, retry_handlers=[])
        blocks = [dict(block) for block in post.blocks] or None
        answer = _asked(lambda: client.send(text=post.text, blocks=blocks, **post.options))
        if answer.status_code == 429:
            raise RateLimited(_NAME, "asked me to wait", _seconds(answer.headers))
        if answer.status_code >= 500:
            raise Uncertain(_NAME, "failed on its side", answer.body[:300])
        if answer.status_code != 200:
            kind = BadAnswer if "invalid" in answer.body else Missing
            raise kind(_NAME, _WORDS["expired_url"], answer.body[:300])

    def _client(self, team: str) -> WebClient:
        workspace = self._workspaces.workspace(team)
        if workspace is None:
            raise Refused(_NAME, "knows no installation of mine there any more")
        return WebClient(workspace.token, base_url=self._url, timeout=SECONDS, retry_handlers=[])

    @staticmethod
    def _channel(client: WebClient, channel: str) -> str:
        """The channel's id; that of the direct message for a person's."""
        if not channel.startswith(("U", "W")):
            return channel
        opened = _call(lambda: client.conversations_open(users=channel))
        return str((opened.get("channel") or {}).get("id") or channel)


def _content(post: Post) -> dict[str, Any]:
    blocks = [dict(block) for block in post.blocks]
    return {
        "text": post.text,
        "blocks": blocks,
        "metadata": {"event_type": EVENT, "event_payload": {"id": post.id}},
    }


def _ephemeral(client: WebClient, post: Post) -> Any:
    blocks = [dict(block) for block in post.blocks]
    return client.chat_postEphemeral(
        channel=post.channel, user=post.reader or "", thread_ts=post.thread, text=post.text, blocks=blocks
    )


_WITHOUT_PLACE: Mapping[PostKind, Callable[[WebClient, Post], Any]] = {
    PostKind.EPHEMERAL: _ephemeral,
    PostKind.REACT: lambda client, post: client.reactions_add(
        channel=post.channel, timestamp=post.target, name=post.text
    ),
    PostKind.UNREACT: lambda client, post: client.reactions_remove(
        channel=post.channel, timestamp=post.target, name=post.text
    ),
    PostKind.HOME: lambda client, post: client.views_publish(user_id=post.reader or "", view=dict(post.options)),
}


def _call(call: Callable[[], Any], forgive: tuple[str, ...] = ()) -> Mapping[str, Any]:
    """A Web API call's answer; its failures as our errors."""
    try:
        answer = _asked(call)
    except SlackApiError as error:
        if _code(error) in forgive:
            return {}
        raise _error(error) from error
    data = getattr(answer, "data", None)
    return data if isinstance(data, Mapping) else {}


def _asked(call: Callable[[], Any]) -> Any:
    """The answer; what happens on the wire as our errors."""
    try:
        return call()
    except URLError as error:
        if isinstance(error.reason, ConnectionRefusedError | socket.gaierror):
            raise Unavailable(_NAME, "cannot be reached", str(error)) from error
        raise Uncertain(_NAME, "did not answer", str(error)) from error
    except SlackApiError:
        raise
    except (OSError, ValueError, SlackClientError) as error:
        raise Uncertain(_NAME, "did not answer", str(error)) from error


def _error(error: SlackApiError) -> ProviderError:
    code = _code(error)
    status, headers = getattr(error.response, "status_code", 200), getattr(error.response, "headers", {})
    if code in ("ratelimited", "rate_limited") or status == 429:
        return RateLimited(_NAME, "asked me to wait", _seconds(headers))
    if status >= 500 or code in _DOUBTFUL or not code:
        return Uncertain(_NAME, "failed on its side", f"{status} {code}")
    if code in _TOKEN_TROUBLE:
        return Refused(_NAME, _WORDS.get(code, f"refused my token ({code})"), code)
    if code in _NONSENSE:
        return BadAnswer(_NAME, f"did not take what I wrote ({code})", str(getattr(error.response, "data", ""))[:500])
    return Missing(_NAME, _WORDS.get(code, f"did not take it ({code})"), code)


def _code(error: SlackApiError) -> str:
    """Slack's own word for what went wrong; nothing when the answer was not Slack's."""
    data = getattr(error.response, "data", error.response)
    code = str(data.get("error") or "") if isinstance(data, Mapping) else ""
    return code if code.replace("_", "").isalnum() else ""


def _seconds(headers: Mapping[str, Any]) -> float:
    """Seconds to wait, as the header ``Retry-After`` says (docs.slack.dev/apis/web-api/rate-limits)."""
    for name, value in headers.items():
        text = value[0] if isinstance(value, list) and value else value
        if name.lower() == "retry-after" and str(text).isdigit():
            return float(text)
    return 1.0


def _id(message: Mapping[str, Any]) -> str:
    metadata = message.get("metadata") or {}
    return str((metadata.get("event_payload") or {}).get("id") or "") if metadata.get("event_type") == EVENT else ""
