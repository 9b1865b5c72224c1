"""What a client needs to know of a registry: which servers there are now.

Anything with these two attributes will do; ``servers.discovery`` asks Consul, DNS and
Kubernetes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from .addresses import Address


class Discovery(Protocol):
    """Says where the servers of a client are, and where they are later."""

    @property
    def name(self) -> str:
        """What is looked for where, for messages."""

    def addresses(self) -> AsyncIterator[Sequence[Address]]:
        """Iterate over the addresses: those of now, then all of them at each change.

        The iteration may end if there will be no change. What it raises is logged, and
        it begins again after a wait; the addresses that were known stay meanwhile.
        """
