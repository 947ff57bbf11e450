"""What a failed exchange means: from statuses and from ``requests``' exceptions to the errors that people are told."""

from __future__ import annotations

import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

import requests

from assistant.contracts.errors import (
    BadAnswer,
    Missing,
    NotConnected,
    ProviderError,
    RateLimited,
    Refused,
    Unavailable,
)

_PASSING_STATUS = (502, 503, 504)
_LONGEST_MESSAGE = 200


class Passing(Exception):
    """A failure that may be gone in a moment; ``after`` are the seconds that the provider asked to wait."""

    def __init__(self, error: Unavailable, after: float | None = None) -> None:
        self.error, self.after = error, after
        super().__init__(str(error))


def of_status(provider: str, status: int, headers: Mapping[str, str], path: str, remedy: str) -> Exception:
    """What an error status (400 and above) means; ``path`` is for the log, ``remedy`` for the sentence."""
    after = retry_after(headers)
    simple: dict[int, ProviderError] = {
        401: Refused(provider, f"refused the credentials (401): {remedy}"),
        403: Refused(provider, "does not let us read this (403): the credentials lack a right", path),
        404: Missing(provider, "does not know what we asked for (404): check its address in the catalogue", path),
        410: Missing(provider, "has deleted what we asked for (410)", path),
        429: RateLimited(provider, asks_to_wait(after), after),
    }
    if status in simple:
        return simple[status]
    if status in _PASSING_STATUS:
        return Passing(Unavailable(provider, f"answered {status}"), after)
    if status >= 500:
        return Unavailable(provider, f"answered {status}")
    return BadAnswer(provider, f"did not accept the request ({status})", path)


def refusal(status: int, content: object, path: str, remedy: str) -> str:
    """Why something was not set off, in the provider's own words where it gives some ("message", as GitHub does)."""
    message = content.get("message") if isinstance(content, Mapping) else None
    if status == 401:
        return f"refused the credentials (401): {remedy}"
    if status < 400:
        return f"redirects us ({status}): check its address in the catalogue"
    if isinstance(message, str) and message.strip():
        return f"refused it ({status}): {' '.join(message.split())[:_LONGEST_MESSAGE].rstrip('.')}"
    known = {403: "the credentials lack a right", 404: f"it does not know {path}", 429: "its rate limit is used up"}
    return f"refused it ({status})" + (f": {known[status]}" if status in known else "")


def of_exception(provider: str, error: Exception, origin: str, remedy: str) -> Exception:
    """What an exception of ``requests`` or urllib3 means. Its text may hold a header: only its kind goes to the log."""
    kind = type(error).__name__
    if isinstance(error, requests.exceptions.InvalidHeader | UnicodeError):
        return NotConnected(provider, f"has credentials with characters that cannot be sent: {remedy}", kind)
    if isinstance(error, requests.exceptions.SSLError):
        return Unavailable(
            provider, "cannot be reached securely: its TLS certificate or connection is not accepted here", kind
        )
    if isinstance(error, requests.exceptions.ProxyError):
        return Unavailable(provider, "cannot be reached through the proxy", kind)
    if isinstance(error, requests.exceptions.ContentDecodingError):
        return BadAnswer(provider, "sent a body that cannot be unpacked", kind)
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return Passing(Unavailable(provider, "broke off in the middle of its answer", kind))
    if isinstance(error, requests.exceptions.ConnectionError):
        return Passing(Unavailable(provider, f"cannot be reached at {origin}", kind))
    if isinstance(error, ValueError):  # all that requests says of an address: InvalidURL, MissingSchema ...
        return NotConnected(provider, "has an address in the catalogue that cannot be used", kind)
    return Unavailable(provider, "could not be asked", kind)


def too_late(provider: str, seconds: float) -> Unavailable:
    """It was given ``seconds`` and used them up."""
    return Unavailable(provider, "did not answer in time", f"{round(seconds, 1):g} s")


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds of a ``Retry-After`` header (a number or a date, RFC 9110 10.2.3); None when absent or senseless."""
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit() and len(value) < 8:
        return float(value)
    try:
        return max(parsedate_to_datetime(value).timestamp() - time.time(), 0.0)
    except (ValueError, TypeError, OverflowError):
        return None


def asks_to_wait(seconds: float | None) -> str:
    """The end of the sentence for a used-up rate limit."""
    wait = "a while" if seconds is None else f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
    return f"asks to wait {wait}: its rate limit is used up"
