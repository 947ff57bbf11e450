"""Sanic's requests ↔ bolt's, with what bolt leaves open: a bound on size, bodies and timestamps that are none.

bolt's own adapter needs a newer Sanic than Rasa has.
"""

from __future__ import annotations

import re

from sanic.request import Request
from sanic.response import HTTPResponse, empty
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.signature import SignatureVerifier

LONGEST_BODY = 1_000_000
"""Bytes; Slack's largest payloads are far below."""
MALFORMED = (LookupError, TypeError, AttributeError, ValueError, RecursionError)
"""What reading a body raises that is not shaped as Slack's documentation says."""
_SECONDS = re.compile(r"[0-9]{1,12}")


def refusal(request: Request) -> HTTPResponse | None:
    """The answer to a request that need not be looked at, None for one that may be Slack's."""
    if len(request.body) > LONGEST_BODY:
        return empty(413)
    stamp, signature = (request.headers.get(f"x-slack-{name}", "") for name in ("request-timestamp", "signature"))
    # bolt would fail over these instead of refusing them.
    return None if _SECONDS.fullmatch(stamp) and signature.isascii() else empty(401)


async def dispatched(bolt: AsyncApp, request: Request, secret: str) -> HTTPResponse:
    """bolt's answer to a request; 400 for one that is signed and makes no sense."""
    try:
        return to_sanic(await bolt.async_dispatch(to_bolt(request)))
    except MALFORMED:
        stamp, signature = (request.headers.get(f"x-slack-{name}", "") for name in ("request-timestamp", "signature"))
        signed = SignatureVerifier(secret).is_valid(request.body, stamp, signature)
        return empty(400 if signed else 401)


def to_bolt(request: Request) -> AsyncBoltRequest:
    """The request in bolt's form; bytes that are no text fit no signature."""
    body = request.body.decode("utf-8", "replace")
    return AsyncBoltRequest(body=body, query=request.query_string, headers=dict(request.headers))


def to_sanic(answer: BoltResponse) -> HTTPResponse:
    """bolt's answer in Sanic's form, its cookies as they are."""
    made = HTTPResponse(status=answer.status, body=answer.body, headers=answer.first_headers_without_set_cookie())
    for cookie in answer.headers.get("set-cookie", []):
        made.headers.add("set-cookie", cookie)
    return made
