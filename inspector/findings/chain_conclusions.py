"""What is known at the end of chains: what findings about requests and calls rest on.

The figures make them, each of the requests of one route; the place is that of the one
where it shows most.
"""

from __future__ import annotations

from collections import Counter  # noqa: TC003 — msgspec reads the annotations

from inspector.ranges import RangeSet  # noqa: TC001

from .conclusions import Conclusion


class RepeatedCalls(Conclusion, kw_only=True):
    """A call that requests of a route make several times each.

    Attributes:
        call: The route of the call …
        carrier: … and what carries it.
        requests: How many requests make it several times …
        among: … of how many of their route.
        least: How often one of them makes it at least …
        most: … and at most, as the one at the place does.
        calls: How many calls that is in all.
        alike: Whether each asks the same every time.
        in_turn: Whether each that is asked waits for the one before.
        spent_ns: How long the request at the place waited for these calls …
        whole_ns: … of so much.
        numbers: The numbers of the requests …
        packets: … and the records in which their calls ended.
    """

    call: str
    carrier: str
    requests: int
    among: int
    least: int
    most: int
    calls: int
    alike: bool
    in_turn: bool
    spent_ns: int
    whole_ns: int
    numbers: RangeSet
    packets: RangeSet


class SequentialCalls(Conclusion, kw_only=True):
    """Independent calls of requests of a route, each of which waits for the last.

    Attributes:
        calls: The routes of the calls of the request at the place …
        requests: How many requests make such calls …
        among: … of how many of their route.
        saved_ns: How much less the one at the place would wait for its calls, if each
            began as soon as its data was there …
        waited_ns: … of so much …
        whole_ns: … and how long it took.
        all_saved_ns: How much less all of them would wait.
        numbers: The numbers of the requests …
        packets: … and the records in which their calls ended.
    """

    calls: list[str]
    requests: int
    among: int
    saved_ns: int
    waited_ns: int
    whole_ns: int
    all_saved_ns: int
    numbers: RangeSet
    packets: RangeSet


class FailedByCall(Conclusion, kw_only=True):
    """Requests of a route that failed after a call that was made for them had failed.

    Attributes:
        call: The route of the call …
        carrier: … and what carries it.
        requests: How many requests failed after it …
        failed: … of how many of their route that failed.
        refused: Whether each has a status that says its caller is at fault.
        texts: Text of an error of the call → how often; of many, the first.
        example: The number of the call that the request at the place failed after.
        numbers: The numbers of the requests …
        packets: … and the records in which the calls failed.
    """

    call: str
    carrier: str
    requests: int
    failed: int
    refused: bool
    texts: Counter[str]
    example: int
    numbers: RangeSet
    packets: RangeSet


class WaitedOnCall(Conclusion, kw_only=True):
    """Requests of a route that waited for one call nearly all of their time.

    Attributes:
        call: The route of the call …
        carrier: … and what carries it.
        requests: How many requests waited for it …
        among: … of how many of their route.
        waited_ns: How long the one at the place did, the longest of them …
        whole_ns: … of so much …
        example: … and the number of the call that it waited for.
        numbers: The numbers of the requests …
        packets: … and the records in which the calls ended.
    """

    call: str
    carrier: str
    requests: int
    among: int
    waited_ns: int
    whole_ns: int
    example: int
    numbers: RangeSet
    packets: RangeSet
