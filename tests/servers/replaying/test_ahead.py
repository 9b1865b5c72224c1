from __future__ import annotations

from itertools import count
from threading import Event, Thread
from typing import TYPE_CHECKING

import pytest

from servers.errors import UsageError
from servers.replaying.ahead import Ahead
from tests.servers.replaying.replayed import recording

if TYPE_CHECKING:
    from collections.abc import Iterator

    from servers.recorded.recordings import Recording

_ONE = recording("get.double", 1, 2)


def _reading(recorded: Iterator[Recording]) -> Ahead:
    ahead = Ahead(recorded)
    Thread(target=ahead.read, daemon=True).start()
    return ahead


def test_all_are_taken_in_their_order_and_then_none() -> None:
    sent = [recording("get.double", each, 0) for each in range(300)]
    ahead, taken = _reading(iter(sent)), [_ONE]
    while chunk := ahead.take():
        assert len(chunk) <= 128
        taken += chunk

    assert [each.data for each in taken[1:]] == list(range(300))
    assert ahead.take() == []
    ahead.check()


def test_what_has_come_is_taken_while_the_next_is_awaited() -> None:
    more = Event()

    def live() -> Iterator[Recording]:
        yield _ONE
        more.wait()
        yield _ONE

    ahead = _reading(live())
    assert len(ahead.take()) == 1
    more.set()
    assert len(ahead.take()) == 1


def test_no_more_is_read_than_is_needed_soon() -> None:
    read = count()
    ahead = Ahead(_ONE for _ in read)
    Thread(target=ahead.read, daemon=True).start()
    for _ in range(10):
        assert ahead.take()

    assert next(read) <= 10 * 128 + 1_024 + 3


def test_a_line_that_cannot_be_read_is_raised_after_those_before_it() -> None:
    def broken() -> Iterator[Recording]:
        yield _ONE
        raise UsageError("line 2")

    ahead = _reading(broken())
    while ahead.take():
        pass
    with pytest.raises(UsageError, match="line 2"):
        ahead.check()
