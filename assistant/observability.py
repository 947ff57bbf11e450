"""What an operator sees: structured logs without secrets, and metrics of our own.

One correlation id follows a message from the channel through the action server to every call of a provider.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog
from prometheus_client import Counter, Histogram

from assistant.safeguards.redaction import redact, redact_deep

ANSWERS = Counter("assistant_answers", "Answers by action and how they ended.", ["action", "outcome"])
ANSWER_SECONDS = Histogram("assistant_answer_seconds", "Duration of an action, in seconds.", ["action"])
STEPS = Counter("assistant_worker_steps", "Steps of the worker by job and how they ended.", ["job", "outcome"])


def configure_logging(process: str, level: str) -> None:
    """Log one JSON object per line to standard error, redacted, marked with the process's name.

    What libraries log by themselves is redacted too, and shown from warnings on. Call it again after a library
    has set up logging its own way: Rasa's would write the values of local variables into traces.

    Args:
        process: ``actions``, ``worker``, ``dialogue`` or ``cli``.
        level: ``debug``, ``info``, ``warning`` or ``error``.
    """
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _name(process),
            _redacted,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    lines = logging.StreamHandler(sys.stderr)
    lines.setFormatter(_RedactingFormatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=max(logging.WARNING, getattr(logging, level.upper())), handlers=[lines], force=True)


def bind_correlation(correlation: str) -> None:
    """Let every log line of this task or thread carry the id of the message that it works for."""
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(correlation=correlation)


class _RedactingFormatter(logging.Formatter):
    """The last step before a line of the standard library's logging is written."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, with its trace, redacted."""
        return redact(super().format(record))


def _name(process: str) -> structlog.typing.Processor:
    def add(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event["process"] = process
        return event

    return add


def _redacted(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    redacted: MutableMapping[str, Any] = redact_deep(dict(event))
    return redacted
