"""Which versions of a service there are."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.contracts.errors import NotConnected, ProviderError
from assistant.operations.context import Context

MOST = 100


def versions(context: Context, service: str) -> Sequence[str]:
    """The newest 100 versions of a service, newest first; none when its versions are not tags.

    Raises:
        NotAllowed: the actor may not read changes.
        NotFound: there is no such service.
        ProviderError: who knows them does not answer within the context's deadline.
    """
    context.require("read", "changes")
    places = context.catalogue.environments_of(service)
    deliveries = [context.catalogue.delivery(service, place.name) for place in places]
    delivery = next((each for each in deliveries if each.provider), None)
    if delivery is None or delivery.provider is None:
        raise NotConnected(service, "has no provider declared")
    name, until = delivery.provider, context.deadline
    found = context.gather({service: (name, lambda: context.changes(name).versions(delivery, until))}, until)[service]
    if isinstance(found, ProviderError):
        raise found
    assert isinstance(found, list)  # noqa: S101 - for the type checker: that is what was asked for
    return found[:MOST]
