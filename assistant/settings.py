"""The settings: the only place that reads the environment.

Values come from environment variables, then from a file ``.env`` in the project folder. Each secret ``NAME`` may
also be given as ``NAME_FILE``, the path of a file that holds it (as container platforms mount them).
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dotenv import dotenv_values

from assistant.contracts.errors import Invalid

PROJECT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Secret:
    """A secret that shows itself nowhere: not in ``repr``, not in logs. ``value`` is what to send."""

    value: str = field(repr=False)

    def __str__(self) -> str:
        return "****"


@dataclass(frozen=True)
class SlackApp:
    """How the assistant is known to Slack: either ``bot_token`` (one workspace) or the three for installations.

    ``api_url`` ends with a slash; ``command_prefix`` stands before the names of the slash commands.
    """

    bot_token: Secret | None
    client_id: str | None
    client_secret: Secret | None
    encryption_keys: Secret | None
    signing_secret: Secret | None
    app_token: Secret | None
    api_url: str
    command_prefix: str

    def complete(self) -> bool:
        """Whether anything is set. Raises Invalid when it is not all that is needed to speak."""
        parts = {
            "SLACK_CLIENT_ID": self.client_id,
            "SLACK_CLIENT_SECRET": self.client_secret,
            "SLACK_ENCRYPTION_KEYS": self.encryption_keys,
        }
        missing = [name for name, part in parts.items() if part is None]
        if self.bot_token or not missing:
            return True
        if len(missing) == len(parts):
            if self.signing_secret is None and self.app_token is None:
                return False
            missing = ["SLACK_BOT_TOKEN"]
        what = f"{' and '.join(missing)} {'are' if len(missing) > 1 else 'is'} missing"
        raise Invalid(f"Slack is half set up: {what}. docs/slack.md says where to find what is needed.")

    def require_inbound(self) -> None:
        """Raise Invalid when nothing proves that what comes in is Slack's."""
        if self.signing_secret is None and self.app_token is None:
            raise Invalid(
                "Slack is half set up: SLACK_SIGNING_SECRET is missing (or SLACK_APP_TOKEN for Socket Mode). "
                "docs/slack.md says where to find it."
            )


@dataclass(frozen=True)
class Settings:
    """Everything that an installation can set; ``values`` are the raw ones, read through the properties below."""

    values: Mapping[str, str] = field(repr=False)

    def secret(self, name: str) -> Secret | None:
        """The secret ``name`` from ``NAME`` or from the file that ``NAME_FILE`` names; None when neither is set.

        Raises Invalid when the file cannot be read.
        """
        if self.values.get(name):
            return Secret(self.values[name])
        path = self.values.get(f"{name}_FILE")
        if not path:
            return None
        try:
            return Secret(Path(path).read_text(encoding="utf-8").strip())
        except (OSError, UnicodeDecodeError) as error:
            raise Invalid(f"{name}_FILE names {path}, which cannot be read: {error}.") from error

    @property
    def catalog(self) -> Path:
        """``CATALOG``: the folder that describes the platform (default ``catalog/``)."""
        return self._path("CATALOG", "catalog")

    @property
    def state(self) -> Path:
        """``ASSISTANT_STATE``: the folder for databases, logs and ports (default ``.state/``)."""
        return self._path("ASSISTANT_STATE", ".state")

    @property
    def database_url(self) -> str:
        """``DATABASE_URL``: where the assistant's own state lives (default SQLite in the state folder)."""
        secret = self.secret("DATABASE_URL")
        return secret.value if secret else f"sqlite:///{self.state / 'assistant.db'}"

    @property
    def local_person(self) -> str | None:
        """``ASSISTANT_LOCAL_PERSON``: who sits at the local console, by name in the catalogue."""
        return self.values.get("ASSISTANT_LOCAL_PERSON") or None

    @property
    def action_server_token(self) -> Secret | None:
        """``ACTION_SERVER_TOKEN``: what the dialogue server shows the action server in a header."""
        return self.secret("ACTION_SERVER_TOKEN")

    @property
    def actor_key(self) -> Secret | None:
        """``ACTOR_SIGNING_KEY``: signs who is speaking, from the dialogue server to the action server."""
        return self.secret("ACTOR_SIGNING_KEY")

    @property
    def console_secret(self) -> Secret | None:
        """``CONSOLE_SECRET``: what the local console shows the dialogue server; made anew at every start."""
        return self.secret("CONSOLE_SECRET")

    @property
    def slack(self) -> SlackApp | None:
        """The ``SLACK_…`` settings (docs/slack.md), None when there are none. Raises Invalid for half of them."""
        app = SlackApp(
            bot_token=self.secret("SLACK_BOT_TOKEN"),
            client_id=self.values.get("SLACK_CLIENT_ID") or None,
            client_secret=self.secret("SLACK_CLIENT_SECRET"),
            encryption_keys=self.secret("SLACK_ENCRYPTION_KEYS"),
            signing_secret=self.secret("SLACK_SIGNING_SECRET"),
            app_token=self.secret("SLACK_APP_TOKEN"),
            api_url=(self.values.get("SLACK_API_URL") or "https://slack.com/api/").rstrip("/") + "/",
            command_prefix=self.values.get("SLACK_COMMAND_PREFIX") or "",
        )
        return app if app.complete() else None

    @property
    def sandbox_url(self) -> str:
        """``ASSISTANT_SANDBOX_URL``: where the sandbox listens (default ``http://127.0.0.1:5080``)."""
        return self.values.get("ASSISTANT_SANDBOX_URL") or "http://127.0.0.1:5080"

    @property
    def log_level(self) -> str:
        """``LOG_LEVEL``: ``debug``, ``info`` (default), ``warning`` or ``error``. Never logs what people write."""
        level = (self.values.get("LOG_LEVEL") or "info").lower()
        if level not in ("debug", "info", "warning", "error"):
            raise Invalid(f"LOG_LEVEL is “{level}”; it can be debug, info, warning or error.")
        return level

    def port(self, name: str, default: int) -> int:
        """A port number, for example ``ACTION_SERVER_PORT``. Raises Invalid when it is none."""
        text = self.values.get(name) or str(default)
        if not (text.isdigit() and 0 < int(text) < 65536):
            raise Invalid(f"{name} is “{text}”; it must be a port number from 1 to 65535.")
        return int(text)

    def seconds(self, name: str, default: float) -> float:
        """A positive duration in seconds, for example ``ANSWER_DEADLINE``. Raises Invalid when it is none."""
        text = self.values.get(name) or str(default)
        try:
            value = float(text)
        except ValueError:
            value = -1.0
        if not 0 < value < 3600:
            raise Invalid(f"{name} is “{text}”; it must be a number of seconds between 0 and 3600.")
        return value

    def _path(self, name: str, default: str) -> Path:
        return (PROJECT / Path(self.values.get(name) or default).expanduser()).resolve()


def load_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings; the environment wins over ``.env``.

    Args:
        environment: for tests; the process's own environment and ``.env`` when absent.
    """
    if environment is not None:
        return Settings(dict(environment))
    if _PROCESS in os.environ:
        # Our own child: it got what it needs, and no more.
        return Settings(dict(os.environ))
    from_file = {name: value for name, value in dotenv_values(PROJECT / ".env").items() if value is not None}
    return Settings({**from_file, **os.environ})


def set_environment(values: Mapping[str, str]) -> None:
    """Set variables for libraries that this process has yet to import."""
    os.environ.update(values)


def child_environment(settings: Settings, process: str, **more: str) -> dict[str, str]:
    """The environment for a process that we start, with the secrets that it needs and no others.

    Args:
        settings: ours.
        process: a key of ``_SECRETS_OF``.
        more: goes on top.
    """
    kept = {name: value for name, value in settings.values.items() if not _SECRET.search(name) or _needs(process, name)}
    return {**kept, **more, _PROCESS: process}


_PROCESS = "ASSISTANT_PROCESS"
_SECRET = re.compile(r"(?:TOKEN|SECRET|KEYS?|PASSWORD|DATABASE_URL)(?:_FILE)?$|^SLACK_CLIENT_ID$")
_BETWEEN_OURSELVES = ("ACTION_SERVER_TOKEN", "ACTOR_SIGNING_KEY", "CONSOLE_SECRET")
_INBOUND = ("GITHUB_WEBHOOK_SECRET", "JENKINS_WEBHOOK_TOKEN", "GATE_TOKEN")
_SLACK_INBOUND = ("SLACK_SIGNING_SECRET", "SLACK_APP_TOKEN")
_SECRETS_OF: dict[str, Callable[[str], bool]] = {
    "dialogue": lambda name: name in (*_BETWEEN_OURSELVES, *_INBOUND, "DATABASE_URL") or name.startswith("SLACK_"),
    "actions": lambda name: name not in ("CONSOLE_SECRET", *_INBOUND) and not name.startswith("SLACK_"),
    "worker": lambda name: name not in (*_BETWEEN_OURSELVES, *_INBOUND, *_SLACK_INBOUND),
    "sandbox": lambda name: False,
    "train": lambda name: False,
}


def _needs(process: str, name: str) -> bool:
    return _SECRETS_OF[process](name.removesuffix("_FILE"))


def listen_on_loopback() -> None:
    """Let rasa-sdk listen on this machine only, unless SANIC_HOST says otherwise: its default is every interface."""
    os.environ.setdefault("SANIC_HOST", "127.0.0.1")
