"""Brokers that are one: the servers of a cluster, or one server by several addresses.

Calls are joined over all brokers, by what their requests say of the reply. Events have
nothing of that kind, and like ones may pass over several brokers that have nothing to
do with each other, so who knows that brokers are one has to say so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.streams.endpoints import Endpoint

if TYPE_CHECKING:
    from collections.abc import Iterable


# decision 122
def same_brokers(groups: Iterable[Iterable[str]]) -> dict[Endpoint, Endpoint]:
    """Return each broker → the one that stands for all that are the same.

    Args:
        groups: Brokers that are one, each as ``address:port``.

    Raises:
        ValueError: A place is malformed, or a broker has no other to be one with.
    """
    known: dict[Endpoint, Endpoint] = {}
    for group in groups:
        places = [Endpoint.parse(text.strip()) for text in group]
        if len(places) < 2:  # noqa: PLR2004 — one and another
            raise ValueError(
                "brokers that are one are several, such as 10.0.0.1:4222,10.0.0.2:4222"
            )
        standing = next((known[each] for each in places if each in known), places[0])
        met = {known[each] for each in places if each in known}
        members = [each for each, first in known.items() if first in met]
        known |= dict.fromkeys([*members, *places], standing)
    return known
