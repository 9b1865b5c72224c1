"""What is known at the end alone: what findings about many exchanges are judged from.

The figures make them when the last exchange is over; each names the place where to
look first, and brings what its words need.
"""

from __future__ import annotations

from collections import Counter  # noqa: TC003 — msgspec reads the annotations

import msgspec

from inspector.ranges import RangeSet  # noqa: TC001
from protocol.named_tuple import NamedTuple

from .finding import Place  # noqa: TC001


class Conclusion(msgspec.Struct, kw_only=True):
    """What many exchanges have shown together.

    Attributes:
        place: Where to look first.
        server: The server that it is about, by what it is known by.
        last_ns: When the last of them showed it, where more than one did; else 0.
    """

    place: Place
    server: str
    last_ns: int = 0


class Burst(Conclusion, kw_only=True):
    """Calls of a pattern that failed one after the other on a server.

    Attributes:
        failed: How many.
        before: Calls that were answered well before them …
        after: … and after them.
        first_ns: When the first failed; the last did at ``last_ns``.
    """

    failed: int
    before: int
    after: int
    first_ns: int


class FailingCalls(Conclusion, kw_only=True):
    """A pattern of which too many calls fail on servers; refusals are not failures.

    Attributes:
        servers: The servers on which it fails, the worst first …
        asked: … of how many that it was sent to …
        elsewhere: … with so many calls to the others …
        failed_elsewhere: … of which so many failed.
        failed: Calls that failed …
        calls: … of how many.
        exchanges: Their numbers, in words.
        texts: Text of an error → calls that failed with it; of many, the first.
        shortest_ns: The shortest time to failure …
        longest_ns: … and the longest.
        others: Calls of other patterns that the server answered …
        others_ns: … and what half of them took at most.
        bursts: Where they failed in a row, since when; for each server one, or none.
    """

    servers: list[str]
    asked: int
    elsewhere: int
    failed_elsewhere: int
    failed: int
    calls: int
    exchanges: str
    texts: Counter[str]
    shortest_ns: int
    longest_ns: int
    others: int
    others_ns: int
    bursts: list[Burst]


class ThrownError(Conclusion, kw_only=True):
    """Calls that failed alike, of patterns of which not too many fail.

    Attributes:
        status: The status code of their errors, where that says the server failed.
        text: The text that they failed with, ``…`` for numbers that differ; of those
            with a status the commonest. None for all texts after the first few.
        more: Whether there are other texts of that status.
        failed: How many they are.
        routes: The routes of them, in words, with the numbers of their calls.
        servers: The servers that failed.
        among: The routes, each with a server, of which these are calls.
        packets: The records that answered them, the first aside.
    """

    status: int | None
    text: str | None
    more: bool
    failed: int
    routes: str
    servers: list[str]
    among: frozenset[tuple[str, str]]
    packets: RangeSet


class Stages(NamedTuple):
    """How long a call took from hand to hand, in nanoseconds; None where unknown.

    Attributes:
        queue_ns: The request, from the broker's hands to the handler.
        handler_ns: The handler.
        return_ns: The reply, from the broker's hands to the caller.
    """

    queue_ns: int | None
    handler_ns: int | None
    return_ns: int | None


class LongCall(msgspec.Struct, gc=False):
    """A call that took long, and what else its server completed meanwhile.

    Attributes:
        place: Where it was answered.
        server: The server that did, by what it is known by.
        asked_ns: When it was asked.
        asked_in: The record that completed its request.
        completed: Other calls that the server completed meanwhile …
        beside: … and how many of them on the same connection.
        whole: Whether these are all; else there may be more.
        resent: Whether bytes of its connection were retransmitted meanwhile.
        stages: How long each stage took over a broker; None over a direct carrier.
    """

    place: Place
    server: str
    asked_ns: int
    asked_in: int
    completed: int
    beside: int
    whole: bool
    resent: bool
    stages: Stages | None = None


class SlowCalls(Conclusion, kw_only=True):
    """Calls that took much longer than the others of their pattern on a server.

    Attributes:
        slow: How many.
        limit_ns: From how long on they are slow.
        shortest_ns: What the shortest of them took.
        longest_ns: What the longest took …
        longest: … which is this one, and stands at the place.
        median_ns: What half of all calls of the pattern took at most.
    """

    slow: int
    limit_ns: int
    shortest_ns: int
    longest_ns: int
    longest: LongCall
    median_ns: int


class SlowPattern(Conclusion, kw_only=True):
    """A pattern whose calls take long, half of them or more.

    Attributes:
        calls: Calls that were answered.
        median_ns: What half of them took at most.
        longest_ns: What the longest took, which stands at the place.
        stages: How long each stage of that took over a broker.
    """

    calls: int
    median_ns: int
    longest_ns: int
    stages: Stages | None = None


class SlowServer(Conclusion, kw_only=True):
    """A server that takes much longer than others for the same pattern.

    Attributes:
        servers: Servers that answer the pattern often enough to compare.
        median_ns: What half of its calls took at most …
        others_ns: … and those of the others.
        longest_ns: What its longest took, which stands at the place.
    """

    servers: int
    median_ns: int
    others_ns: int
    longest_ns: int


class SilentServer(Conclusion, kw_only=True):
    """A server that answers nothing any more, while calls come.

    Attributes:
        calls: Calls that have no reply …
        exchanges: … and their numbers, in words.
        first_ns: When the first was asked …
        time_ns: … and how long nothing was answered from then on.
        before: Calls that it answered before that …
        median_ns: … and what half of them took at most.
    """

    calls: int
    exchanges: str
    first_ns: int
    time_ns: int
    before: int
    median_ns: int


class SilentPattern(Conclusion, kw_only=True):
    """A pattern that a server answers no more, while it answers others.

    Attributes:
        calls: Calls that have no reply …
        exchanges: … and their numbers, in words.
        first_ns: When the first was asked …
        time_ns: … and how long none was answered from then on.
        until_ns: When the server answered another pattern last.
        before: Calls that it answered before that …
        median_ns: … and what half of them took at most.
    """

    calls: int
    exchanges: str
    first_ns: int
    time_ns: int
    until_ns: int
    before: int
    median_ns: int


class Shared(Conclusion, kw_only=True):
    """What the data of all calls that failed with one text has, and of no other call.

    Attributes:
        failed: How many they are.
        text: The text of their error.
        paths: What they share, two at most: ``data.password``, ``data.country = "DE"``.
        others: Other calls, none of which has that.
        whole: Whether no call before the first failure was passed over.
    """

    failed: int
    text: str
    paths: list[str]
    others: int
    whole: bool


class Valueless(Conclusion, kw_only=True):
    """A pattern whose calls are answered, and never with a value.

    Attributes:
        calls: How many calls were.
    """

    calls: int


class BlockedServer(Conclusion, kw_only=True):
    """A server that answered nothing while calls waited, and then all together.

    Attributes:
        first: The number of the call that was answered first, which is at the place.
        patterns: How many patterns these calls have.
        numbers: Those of the calls that were answered with it, in words …
        waiters: … and for programs …
        waiting: … and how many they are.
        begin_ns: When the first of them had come.
        time_ns: How long nothing was answered from then on.
        times: How often that happened; this was the longest time.
    """

    first: int
    patterns: int
    numbers: str
    waiters: frozenset[int]
    waiting: int
    begin_ns: int
    time_ns: int
    times: int
