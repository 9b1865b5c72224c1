"""What exporters of figures have in common, whoever asks for them, or is sent them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.exchanges import Outcome, last_error
from inspector.calls.statuses import FAILED, MASKED, REFUSED, status_of
from inspector.figures.traffic import OTHER_PATTERNS
from inspector.filters.as_sent import printable

if TYPE_CHECKING:
    from inspector.calls.exchanges import Exchange

MAX_ROUTES = 200
"""Routes with a label of their own, each with its carrier."""
LONGEST = 200
"""Characters of a label."""
FINE = (Outcome.COMPLETED, Outcome.SENT)
"""Outcomes that are no failure."""
OF_PACKETS = {
    "data_packets": "data",
    "pure_acks": "ack",
    "control": "control",
    "retransmissions": "retransmission",
    "keep_alives": "keep-alive",
    "copies": "copy",
}
"""Attribute of the counts of packets → the ``kind`` of the JSON line of a packet."""


# decision 152: An exporter has bounded labels
class RouteLabels:
    """The labels of routes: one for all after the first few.

    Args:
        most: Routes with a label of their own; the others share
            ``(other patterns)``.
    """

    def __init__(self, most: int = MAX_ROUTES) -> None:
        self._most = most
        self._labels: dict[tuple[str, str], str] = {}

    def of(self, exchange: Exchange) -> str:
        """Return the label of the route of an exchange."""
        key = exchange.carrier, exchange.route or ""
        label = self._labels.get(key)
        if label is None:
            if len(self._labels) >= self._most:
                return OTHER_PATTERNS
            label = self._labels[key] = shortened(key[1])
        return label


def shortened(text: str) -> str:
    """Return a text as a label may have it."""
    return printable(text[:LONGEST])


def class_of(exchange: Exchange) -> str:
    """Return what kind of failure it is: one of a dozen words.

    Of an error what its status code says, ``masked`` where Nest hides what was thrown,
    and ``other`` without a code; of what did not end in an error, the outcome.
    """
    if exchange.outcome is not Outcome.ERROR:
        return exchange.outcome or ""
    err = last_error(exchange)
    if err == MASKED:
        return "masked"
    status = status_of(err)
    if status in REFUSED:
        return "4xx"
    return "5xx" if status in FAILED else "other"
