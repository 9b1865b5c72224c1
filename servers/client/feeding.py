"""Many calls of a thread that blocks: it gives the payloads, and takes the values.

Payloads come from the thread that wants the values, since they may be rows of a
database whose connection belongs to it. Each visit to the event loop brings what there
is room for and takes back every value that is ready: a visit costs more than a call.
"""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, Any

from servers.errors import ClientClosedError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable, Iterator

    from protocol import Json

    from .many import Replies


class Fed:
    """Payloads that have been brought; an iterator that goes on when there are more."""

    def __init__(self) -> None:
        self._payloads: deque[Json] = deque()

    def __iter__(self) -> Fed:
        """Return the iterator itself."""
        return self

    def __next__(self) -> Json:
        """Return the next payload.

        Raises:
            StopIteration: There is none yet.
        """
        if not self._payloads:
            raise StopIteration
        return self._payloads.popleft()

    def bring(self, payloads: Iterable[Json]) -> int:
        """Add payloads; return how many."""
        before = len(self._payloads)
        self._payloads.extend(payloads)
        return len(self._payloads) - before


def values_of(
    replies: Replies[Any],
    fed: Fed,
    payloads: Iterable[Json],
    in_flight: int,
    run: Callable[[Coroutine[Any, Any, Any]], Any],
) -> Iterator[Any]:
    """Yield the value of each call.

    Args:
        replies: What makes the calls, on the event loop.
        fed: Where it takes the payloads from.
        payloads: All of them.
        in_flight: The most calls at a time.
        run: Runs a coroutine on the event loop and returns its result.

    Raises:
        Exception: What a call raises, or the iterable.
    """
    left, calls = iter(payloads), 0
    try:
        while calls := calls + fed.bring(islice(left, in_flight - calls)):
            values, error = run(_ready(replies))
            calls -= len(values)
            yield from values
            if error is not None:
                raise error
    finally:
        with suppress(ClientClosedError):
            run(replies.aclose())


async def _ready(replies: Replies[Any]) -> tuple[list[Any], Exception | None]:
    """Wait for a value; return it with all that are ready, and what ended them."""
    values: list[Any] = []
    try:
        while not values or replies.ready:
            values.append(await anext(replies))
    except Exception as error:  # noqa: BLE001 — raised after the values
        return values, error
    return values, None
