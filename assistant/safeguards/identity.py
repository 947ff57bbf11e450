"""Who is speaking: a claim that the channel signs and the action server verifies.

Text, slots, sender ids and foreign metadata never name anyone. A claim binds the speaker to one conversation and
one message and expires soon; it travels in the message's metadata and is never stored.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass

from itsdangerous import BadData, URLSafeSerializer

from assistant.contracts.actor import GUEST, Actor

CLAIM = "actor_claim"
LIFETIME = 120.0


@dataclass(frozen=True)
class Claim:
    """A verified claim: the speaker, and the correlation id that follows their message everywhere.

    ``quoted``: they only ask about the words, whoever wrote them.
    """

    actor: Actor
    correlation: str
    quoted: bool = False


def sign(
    key: str,
    actor: Actor,
    conversation: str,
    message_id: str,
    text: str,
    now: float | None = None,
    quoted: bool = False,
) -> str:
    """Sign that ``actor`` wrote ``text`` as message ``message_id`` in ``conversation``; valid for LIFETIME seconds.

    Args:
        key: the secret that dialogue server and action server share (``ACTOR_SIGNING_KEY``).
        now: unix seconds, for tests.
        quoted: they only ask about the text.
    """
    expires = (time.time() if now is None else now) + LIFETIME
    body = {
        "workspace": actor.workspace,
        "user": actor.user,
        "conversation": conversation,
        "message": message_id,
        "text": _digest(text),
        "expires": expires,
        "quoted": quoted,
    }
    signed: str = _serializer(key).dumps(body)
    return signed


def verify(key: str | None, signed: object, conversation: str, text: str, now: float | None = None) -> Claim:
    """The speaker behind a claim; the guest when it is absent, forged, expired or about something else."""
    guest = Claim(GUEST, "")
    if not key or not isinstance(signed, str):
        return guest
    try:
        body = _serializer(key).loads(signed)
    except BadData:
        return guest
    fresh = body["expires"] >= (time.time() if now is None else now)
    if not fresh or body["conversation"] != conversation or body["text"] != _digest(text):
        return guest
    return Claim(Actor(body["workspace"], body["user"]), body["message"], body["quoted"])


def _serializer(key: str) -> URLSafeSerializer:
    return URLSafeSerializer(key, salt="assistant.actor", signer_kwargs={"digest_method": hashlib.sha256})


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]
