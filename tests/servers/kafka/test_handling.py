"""One message: its packet, its turn, and when it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from protocol import UNDEFINED, Event, JsonText, Request
from servers.brokers.publishing import Publisher
from servers.kafka import Options
from servers.kafka.handling import Done, Handling
from servers.kafka.lanes import Lane
from servers.kafka.messages import CORRELATION, REPLY_PARTITION, REPLY_TOPIC
from tests.servers.kafka.records import Record

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from servers.hooks import Outcome

_ASKED = [(CORRELATION, b"7"), (REPLY_TOPIC, b"sum.reply"), (REPLY_PARTITION, b"2")]


class _Reception:
    hooks = None


class _Noting(Publisher[Any]):
    """Publishes nothing."""

    def __init__(self, noted: list[bytes]) -> None:
        self._noted = noted

    def put(self, item: Any, size: int) -> None:  # noqa: ANN401
        del size
        self._noted.append(item[1])


class _Source:
    """What receives messages, and notes what they ask for."""

    name, number, starting = "kafka", 1, False
    reception: Any = _Reception()

    def __init__(self, **options: Any) -> None:  # noqa: ANN401
        self.options = Options(**options)
        self.put: list[bytes] = []
        self.turns = self.retried = 0
        self.publisher: Publisher[Any] = _Noting(self.put)

    def turn_over(self, _: Lane) -> None:
        self.turns += 1

    def again(self, _: Handling) -> None:
        self.retried += 1

    def reply(self, _: object, body: bytes) -> None:
        self.put.append(body)

    def start(self, work: Coroutine[Any, Any, None], *, stream: bool) -> None: ...

    def streaming(self) -> None: ...

    def unhandled(self, event: Event) -> None: ...

    @property
    def done(self) -> int:
        return sum(isinstance(each, Done) for each in self.put)


def _handling(source: _Source, record: Record, attempt: int = 0) -> Handling:
    lane = Lane(0, ordered=True)
    lane.take([record])
    return Handling(source, lane, lane.begin(), attempt)


def test_a_request_has_a_correlation_and_a_topic_for_replies() -> None:
    source = _Source()
    request = _handling(source, Record(0, b"[1]", _ASKED))
    assert request.packet() == Request("sum", "7", JsonText(b"[1]"))
    assert (request.reply_to, request.reply_partition) == ("sum.reply", 2)

    for headers in ([], _ASKED[:1], _ASKED[1:], [(CORRELATION, b""), _ASKED[1]]):
        event = _handling(source, Record(0, b"a", headers))
        assert event.packet() == Event("sum", JsonText(b'"a"'))
        assert (event.reply_to, event.identity) == (None, UNDEFINED)
    odd = _handling(source, Record(0, b"a", [*_ASKED[:2], (REPLY_PARTITION, b"x")]))
    assert odd.reply_partition is None


async def test_a_message_is_done_after_its_handlers_and_its_reply() -> None:
    source = _Source()
    handling = _handling(source, Record(0, b"1", _ASKED))
    handling.begun()
    handling.ended("completed")  # all handlers have begun
    assert (source.done, source.turns) == (0, 0)
    handling.send(b"reply")
    assert (source.done, source.turns) == (0, 1), "the next may begin"
    handling.ended("completed")

    assert [type(each) for each in source.put] == [bytes, Done]
    assert (source.done, source.turns) == (1, 1)


@pytest.mark.parametrize(
    ("ack", "outcome", "done"),
    [
        ("after", "error", 1),
        ("after", "cancelled", 0),
        ("none", "cancelled", 1),
        ("manual", "completed", 0),
    ],
)
async def test_how_it_ends_decides(ack: str, outcome: Outcome, done: int) -> None:
    source = _Source(ack=ack)
    handling = _handling(source, Record())
    handling.begun()
    handling.ended(outcome)
    handling.ended("completed")

    turns = int(outcome != "cancelled")
    assert (source.done, source.turns, source.retried) == (done, turns, 0)


@pytest.mark.parametrize("ack", ["after", "manual"])
async def test_what_has_no_handler_is_done(ack: str) -> None:
    source = _Source(ack=ack)
    handling = _handling(source, Record())
    handling.unhandled(Event("sum"))
    handling.ended("completed")

    assert (source.done, source.turns) == (1, 1)


async def test_a_handler_that_asks_for_it_is_asked_again_a_few_times() -> None:
    source = _Source(retries=1)
    handling = _handling(source, Record(0, b"1", _ASKED))
    handling.begun()
    assert handling.retry()
    handling.ended("error")
    handling.ended("completed")
    assert (source.retried, source.done, source.turns) == (1, 0, 0)

    last = _handling(source, Record(0, b"1", _ASKED), attempt=1)
    last.take_turn_from(handling)
    assert not last.retry()
    answered = _handling(_Source(), Record(0, b"1", _ASKED))
    answered.send(b"reply")
    assert not answered.retry()
    assert not _handling(_Source(ack="none"), Record()).retry()


async def test_what_fails_may_be_handled_again() -> None:
    source = _Source(failed="retry", retries=1)
    for attempt, retried in ((0, 1), (1, 1)):
        handling = _handling(source, Record(), attempt)
        handling.begun()
        handling.ended("error")
        handling.ended("completed")
        assert source.retried == retried

    assert source.done == 1


async def test_by_hand_it_is_settled_once_also_later() -> None:
    source = _Source(ack="manual", retries=1)
    handling = _handling(source, Record())
    handling.ended("completed")
    assert (source.turns, source.done) == (1, 0)
    assert handling.settle("ack")
    assert not handling.settle("ack")
    assert source.done == 1

    again = _handling(source, Record())
    assert again.settle("retry")
    assert not again.settle("ack")
    again.ended("completed")
    assert (source.retried, source.done) == (1, 1)
    assert _handling(source, Record(), attempt=1).settle("retry"), "often enough"
    assert (source.retried, source.done) == (1, 2)
