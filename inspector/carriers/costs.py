"""What an exchange takes when nothing comes between, and what is known of one."""

from __future__ import annotations

from protocol.named_tuple import NamedTuple


class Taken(NamedTuple):
    """What is known of an exchange when it is asked what it should have cost.

    Attributes:
        kind: ``message`` or ``event``.
        transfers: Transfers that were seen of it; one for each hop and each reply.
        errands: The verbs of the errands that were seen for it.
    """

    kind: str
    transfers: int = 0
    errands: tuple[str, ...] = ()


class Cost(NamedTuple):
    """What an exchange takes when nothing comes between.

    Attributes:
        packets: Data packets, on all its connections.
        words: What they are, such as ``request, reply``.
    """

    packets: int
    words: str
