"""Who is speaking, as the channel that verified them says."""

from __future__ import annotations

from dataclasses import dataclass

GUEST_WORKSPACE = "guest"
LOCAL_WORKSPACE = "local"


@dataclass(frozen=True)
class Actor:
    """A verified speaker: ``workspace`` and ``user`` as the channel knows them.

    The local console's workspace is ``local``; whoever came without a valid claim is the ``guest``.
    ``person`` is the name in the catalogue, None when nobody there has this account.
    """

    workspace: str
    user: str
    person: str | None = None

    @property
    def identity(self) -> str:
        """Who this is, whichever account they came with: the name in the catalogue, else the account."""
        return self.person or f"{self.workspace}/{self.user}"

    @property
    def is_guest(self) -> bool:
        """True for whoever was not verified by a channel of ours."""
        return self.workspace == GUEST_WORKSPACE

    @property
    def is_local(self) -> bool:
        """True for the developer at the console of this very machine."""
        return self.workspace == LOCAL_WORKSPACE


GUEST = Actor(GUEST_WORKSPACE, "guest")
