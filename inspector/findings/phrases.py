"""Parts of sentences that several findings share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.shorthand import short
from inspector.words import duration, listing, nouns, sentence, size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inspector.calls.exchanges import Exchange
    from inspector.ranges import RangeSet

    from .conclusions import Conclusion, Stages
    from .finding import Finding
    from .groups import FindingGroup

ENDS = {
    "end": "by the end of the capture",
    "close": "when the connection was closed",
    "reset": "when the connection was reset",
    "client close": "before the client closed the connection",
    "client reset": "before the client reset the connection",
    "server close": "before the server closed the connection",
    "server reset": "before the server reset the connection",
    "limit": "when the inspection had to give its connection up",
    "left": "when the caller stopped listening",
}
"""Why an exchange ended without its end → how a sentence says so.

A side is named here if it was the first to end the connection.
"""
SHOWN = 60
"""Characters of a text that a finding shows."""
QUEUE, HANDLER, RETURN = (
    "the broker with the request took",
    "the handler",
    "the broker with the reply",
)
"""Stages of a call over a broker, as a sentence names them with their times."""
_STAGES = (QUEUE, HANDLER, RETURN)
_MOST_SERVERS = 4
_MOST_PERCENT = 99.5
_MOST_PACKETS = 8
_MOST_TOPICS = 6
_LOSES = "Nest drops what it has read and closes the connection"


def end_of(call: Exchange) -> str:
    """Return why an exchange ended without its end, as one of :data:`ENDS`."""
    connection, ending = call.connection, call.connection.ending
    if call.cause not in {"close", "reset"} or ending is None:
        return call.cause or "end"
    side = "client" if ending.side == (connection.client or 0) else "server"
    return f"{side} {'reset' if ending.reset else 'close'}"


def end_in_words(finding: Finding, end: str) -> str:
    """Return why an exchange ended without its end; over a broker, that is named."""
    words = ENDS[end]
    if not finding.broker:
        return words
    return words.replace("the server", f"the {finding.broker} server")


def servers(finding: Finding, those: Sequence[str]) -> str:
    """Return what to call servers that are known by ``address:port``."""
    names = list(dict.fromkeys(map(finding.called, those[:_MOST_SERVERS])))
    rest = len(those) - _MOST_SERVERS
    return listing(names, f"{rest:,} more" if rest > 0 else "")


def named_topics(group: FindingGroup) -> str:
    """Return the topics that findings are about, which are their details."""
    names = list(group.details)
    rest = len(names) - _MOST_TOPICS
    return listing(names[:_MOST_TOPICS], f"{rest:,} more" if rest > 0 else "")


def quoted(route: str | None) -> str:
    """Return a route as a decorator has it: an object as it is, else quoted."""
    return route if route and route.startswith("{") else f"'{route}'"


def quote(text: str) -> str:
    """Return the text of an error in quotation marks, cut where it is long."""
    if not text:
        return ""
    return f"“{text}”" if len(text) <= SHOWN else f"“{text[:SHOWN]}…”"


def losses(group: FindingGroup) -> str:
    """Return what Nest loses with frames that it cannot read, as a sentence."""
    if not group.size:
        return f"{_LOSES}."
    return f"{_LOSES}; {size(group.size)} after it are lost too."


def slowest_stage(stages: Stages | None) -> str:
    """Return which stage over a broker took longest; nothing if one is not known."""
    times = [time_ns for time_ns in stages or () if time_ns is not None]
    if len(times) < len(_STAGES):
        return ""
    return _STAGES[times.index(max(times))]


def stages_in_words(stages: Stages) -> str:
    """Return how long each stage over a broker took, as a sentence."""
    named = zip(_STAGES, stages, strict=True)
    words = [f"{name} {duration(ns)}" for name, ns in named if ns is not None]
    if not words:
        return "How long each stage took, the capture does not show."
    return f"{sentence(listing(words))}."


def route_of(conclusion: Conclusion) -> str:
    """Return the route that a conclusion is about, to tell it from others."""
    return f"{conclusion.place.connection.carrier} {conclusion.place.route}"


def of_requests(count: int, among: int, name: str) -> str:
    """Return how many requests of a route something is about: ``2 of 4 sum requests``.

    Args:
        count: How many.
        among: … of how many there are.
        name: The route, as it is shown.
    """
    if among == 1:
        return name
    of_all = f" of {among:,}" if count < among else ""
    return f"{count:,}{of_all} {name} {nouns(among, 'request')}"


def share_of(part_ns: int, whole_ns: int) -> str:
    """Return a time of another, and what share that is: ``3 ms of 4 ms (75 %)``."""
    share = 100 * part_ns / whole_ns if whole_ns else 0
    percent = "nearly all" if share > _MOST_PERCENT else f"{share:.0f} %"
    return f"{duration(part_ns)} of {duration(whole_ns)} ({percent})"


def the_packets(numbers: RangeSet) -> str:
    """Return where the calls of requests ended: ``packets 9 14 and 2 more``."""
    return f"{nouns(numbers.count, 'packet')} {numbers.text(_MOST_PACKETS)}"


def called(route: str | None) -> str:
    """Return a route as a sentence has it: written short, and cut where it is long."""
    name = "a packet" if route is None else short(route)
    return name if len(name) <= SHOWN else f"{name[:SHOWN]}…"
