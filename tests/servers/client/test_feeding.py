"""Many calls of a thread that blocks: its payloads, its values, few visits."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from servers import (
    BlockingClient,
    ClientClosedError,
    RemoteError,
    RpcError,
    Service,
    UsageError,
)
from servers.client.feeding import Fed
from servers.testing import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

service = Service()


@service.message("double")
def double(number: int) -> int:
    if number < 0:
        raise RpcError("negative")
    return number * 2


@pytest.fixture
def nest() -> Iterator[BlockingClient]:
    with (
        serving(service) as server,
        BlockingClient("127.0.0.1", server.port) as client,
    ):
        yield client


def test_payloads_that_were_brought_are_used_up_and_more_may_follow() -> None:
    fed = Fed()
    assert list(fed) == []
    assert fed.bring(iter([1, 2])) == 2
    assert fed.bring([]) == 0
    assert list(fed) == [1, 2]
    assert fed.bring([3]) == 1
    assert list(fed) == [3]


@pytest.mark.parametrize("in_flight", [1, 7, 64, 1000])
def test_values_come_in_the_order_of_the_payloads(
    nest: BlockingClient, in_flight: int
) -> None:
    found = list(nest.send_many("double", range(300), in_flight=in_flight))
    assert found == [2 * number for number in range(300)]
    assert list(nest.send_many("double", [])) == []


def test_payloads_are_taken_in_the_thread_of_the_values(nest: BlockingClient) -> None:
    threads = set()

    def payloads() -> Iterator[int]:
        for number in range(20):
            threads.add(threading.current_thread())
            assert number < taken + 3
            yield number

    taken = 0
    for value in nest.send_many("double", payloads(), in_flight=3, returns=int):
        assert value == 2 * taken
        taken += 1
    assert taken == 20
    assert threads == {threading.current_thread()}


def test_an_error_comes_after_the_values_before_it(nest: BlockingClient) -> None:
    found: list[Any] = []
    with pytest.raises(RemoteError, match="negative"):
        found.extend(nest.send_many("double", [1, 2, -1, 4]))
    assert found == [2, 4]
    replies = nest.send_many("double", [1, -1, 3], return_exceptions=True)
    first, error, last = replies
    assert (first, type(error), last) == (2, RemoteError, 6)


def test_what_the_iterable_raises_ends_the_calls(nest: BlockingClient) -> None:
    def payloads() -> Iterator[int]:
        yield 1
        raise LookupError("no more rows")

    with pytest.raises(LookupError, match="no more rows"):
        list(nest.send_many("double", payloads()))
    assert nest.send("double", 4) == 8


def test_leaving_early_abandons_the_calls(nest: BlockingClient) -> None:
    for value in nest.send_many("double", range(1000), in_flight=10):
        if value == 4:
            break
    assert nest.send("double", 4) == 8


def test_what_cannot_be_meant_is_refused_at_once(nest: BlockingClient) -> None:
    with pytest.raises(UsageError):
        nest.send_many("double", "text")
    with pytest.raises(UsageError):
        nest.send_many("double", [1], in_flight=0)
    with pytest.raises(UsageError):
        nest.send_many("double", [1], returns=threading.Lock)


def test_a_client_that_is_closed_meanwhile_ends_the_values(
    nest: BlockingClient,
) -> None:
    values = nest.send_many("double", range(1000), in_flight=10)
    assert next(values) == 0
    nest.close()
    with pytest.raises(ClientClosedError):
        list(values)
