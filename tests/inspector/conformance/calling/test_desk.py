"""The server that makes cards: when it ends, and what it says then."""

from __future__ import annotations

import queue
import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from inspector.conformance.calling.desk import Until, grade_client
from inspector.conformance.card import Card, Outcome
from inspector.errors import InspectorError
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator

_VALUE = b'49#{"pattern":"conformance.value","data":1,"id":"a"}'


@contextmanager
def _graded(until: Until) -> Iterator[tuple[int, queue.Queue[Card]]]:
    ports: queue.Queue[int] = queue.Queue()
    cards: queue.Queue[Card] = queue.Queue()

    def grade() -> None:
        cards.put(grade_client("127.0.0.1", 0, until, ports.put))

    thread = threading.Thread(target=grade)
    thread.start()
    yield ports.get(), cards
    thread.join()


def _unpassed(card: Card) -> dict[str, str]:
    wrong = {Outcome.FAILED, Outcome.ADVISED}
    return {e.check.name: e.reason for e in card.results if e.outcome in wrong}


def test_so_many_packets_are_enough() -> None:
    with (
        _graded(Until(PATIENCE, 1)) as (port, cards),
        socket.create_connection(("127.0.0.1", port)) as client,
    ):
        client.sendall(_VALUE)
        assert client.recv(1_000).startswith(b'45#{"response":"one"')
        card = cards.get()

    assert _unpassed(card) == {}
    assert card.count(Outcome.PASSED) == 10
    assert card.results[0].reason == "was not asked for"


def test_a_client_that_is_silent_has_its_card_and_its_wrong_length_is_read() -> None:
    with (
        _graded(Until(1)) as (port, cards),
        socket.create_connection(("127.0.0.1", port)) as client,
    ):
        client.sendall(_VALUE.replace(b"49#", b"99#"))
        card = cards.get()

    assert _unpassed(card) == {
        "length": "a length is 99, the body has 49 UTF-16 code units"
    }


def test_a_connection_with_garbage_is_closed() -> None:
    with (
        _graded(Until(1)) as (port, cards),
        socket.create_connection(("127.0.0.1", port)) as client,
    ):
        client.sendall(b"GET / HTTP/1.1\r\n#")
        assert client.recv(1_000) == b""
        card = cards.get()

    assert _unpassed(card)["frames"].startswith("no length before #")


def test_a_port_that_is_taken_is_an_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(InspectorError, match="cannot listen: "):
            grade_client("127.0.0.1", port, Until())
