"""The local console: ``make chat`` and ``make ask`` talk through it, and nobody else.

It is Rasa's console with the doors shut: this machine only, a secret that is made anew at every start, no browser
(``Origin``), and nothing but the text believed from the body. The speaker is the local developer.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.core.channels.console import CmdlineInput
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, json

from assistant.bootstrap import Assistant
from assistant.contracts.actor import LOCAL_WORKSPACE, Actor
from assistant.observability import configure_logging
from assistant.settings import Settings, load_settings
from extensions.channels.ready import ready
from extensions.channels.turn import new_message_id, plain_text, take_turn

SECRET_HEADER = "X-Console-Secret"  # noqa: S105 - the header's name
CONVERSATION_HEADER = "X-Console-Conversation"
PERSON_HEADER = "X-Console-Person"
"""Who speaks instead of the local person: in the sandbox two consoles' worth of people may try an approval."""
_CONVERSATION = re.compile(r"[A-Za-z0-9_-]{1,64}")


class ConsoleChannel(CmdlineInput):
    """Rasa's console channel, for the local developer only."""

    def __init__(self, settings: Settings) -> None:
        secret, key = settings.console_secret, settings.actor_key
        self._secret = secret.value if secret else None
        self._key = key.value if key else None
        self._person = settings.local_person or "developer"
        self._assistant = Assistant(settings)
        self._buttons: dict[str, list[dict[str, str]]] = {}
        self._agent: Agent | None = None

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> ConsoleChannel:
        """Built by Rasa from ``--connector``, after it has set up logging; everything comes from the settings."""
        settings = load_settings()
        configure_logging("dialogue", settings.log_level)
        return cls(settings)

    @classmethod
    def name(cls) -> str:
        """The channel's name; Rasa would start its own prompt for one called ``cmdline``."""
        return "console"

    def url_prefix(self) -> str:
        """Mounted at ``/webhooks/console``."""
        return self.name()

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Rasa's routes behind our check; every message is a guarded turn."""

        async def guarded(message: UserMessage) -> None:
            message.message_id = new_message_id()
            message.output_channel = _Texts(message.output_channel)
            actor = Actor(LOCAL_WORKSPACE, _person(message.sender_id))
            shown = await take_turn(on_new_message, message, actor, self._key, self._parse)
            self._buttons[message.sender_id] = shown

        routes: Blueprint = super().blueprint(guarded)
        routes.middleware("request")(self._check)
        routes.add_route(ready, "/ready", methods=["GET"])
        return routes

    async def _check(self, request: Request) -> HTTPResponse | None:
        self._agent = getattr(request.app.ctx, "agent", None)
        shown = request.headers.get(SECRET_HEADER, "").encode("utf-8", "replace")
        local = request.ip in ("127.0.0.1", "::1") and "Origin" not in request.headers
        if local and self._secret and hmac.compare_digest(shown, self._secret.encode()):
            return self._refused(request.headers.get(PERSON_HEADER))
        return json({"error": "the console is for `make chat` and `make ask` on this machine"}, status=403)

    def _refused(self, person: str | None) -> HTTPResponse | None:
        """Nobody speaks as a person whom the catalogue does not have: that would be the local developer's rights."""
        if not person or not self._assistant.sandbox or person in self._assistant.source.current().people:
            return None
        return json({"error": f"there is no person “{person}” in the catalogue"}, status=403)

    async def _parse(self, text: str) -> dict[str, Any]:
        """What Rasa parses a text as; nothing while there is no model."""
        return await self._agent.parse_message(text) if self._agent and self._agent.is_ready() else {}

    async def _extract_sender(self, req: Request) -> str:
        """The conversation: the local person's, kept apart by the console that asks."""
        return self._conversation(req)

    def _extract_message(self, req: Request) -> str:
        """The text that was typed, or what the button stands for that was shown last."""
        body = req.json if isinstance(req.json, dict) else {}
        shown = self._buttons.get(self._conversation(req), [])
        if isinstance(body.get("button"), int) and 0 <= body["button"] < len(shown):
            return shown[body["button"]]["payload"]
        typed = plain_text(str(body.get("message") or ""))
        titled = (each["payload"] for each in shown if each["title"].casefold() == typed.casefold())
        return next(titled, typed)

    def _extract_input_channel(self, req: Request) -> str:
        return self.name()

    def get_metadata(self, request: Request) -> dict[str, Any]:
        """Nothing: who is speaking is signed in :func:`take_turn`."""
        return {}

    def _conversation(self, req: Request) -> str:
        asked = req.headers.get(CONVERSATION_HEADER, "")
        own = asked if _CONVERSATION.fullmatch(asked) else "console"
        person = req.headers.get(PERSON_HEADER) if self._assistant.sandbox else None
        return f"{LOCAL_WORKSPACE}.{re.sub(r'[^A-Za-z0-9_-]', '-', person or self._person)}.{own}"


def _person(conversation: str) -> str:
    return conversation.split(".")[1]


class _Texts(OutputChannel):
    """Passes on texts and buttons, and that something was no answer; a terminal shows no cards."""

    def __init__(self, inner: OutputChannel) -> None:
        self._inner = inner

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """The message without its card."""
        shown = {name: part for name, part in message.items() if name != "custom"}
        if not (message.get("custom") or {}).get("answered", True):
            shown["custom"] = {"answered": False}
        await self._inner.send_response(recipient_id, shown)
