"""Lines of a log while the places they go to are away, full, or refuse them."""

from __future__ import annotations

import json
import logging
import socket
import threading
from typing import TYPE_CHECKING

import pytest

from servers.demos.shipping import ByTcp, Shipper, shipper_to
from servers.errors import UsageError
from tests.patience import PATIENCE
from tests.servers.demos.places import elasticsearch
from tests.servers.demos.twins import free_port

if TYPE_CHECKING:
    from pathlib import Path


class _Gate:
    """A way that fails until it is opened."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.tried = threading.Event()
        self.opened = threading.Event()

    def send(self, lines: list[bytes]) -> int:
        self.tried.set()
        if not self.opened.is_set():
            raise ConnectionRefusedError
        self.sent += lines
        return 0

    def close(self) -> None:
        pass


def _log(shipper: logging.Handler, *lines: str) -> None:
    for line in lines:
        shipper.handle(logging.makeLogRecord({"msg": line}))


def test_lines_wait_for_a_place_that_is_away_in_order_and_within_bounds() -> None:
    gate = _Gate()
    shipper = Shipper(gate, waiting=3)
    _log(shipper, "1")
    assert gate.tried.wait(PATIENCE)
    _log(shipper, "2", "3", "4", "5")
    gate.opened.set()
    shipper.close()

    assert gate.sent[-3:] == [b"3", b"4", b"5"]
    assert shipper.lost + len(gate.sent) == 5


def test_a_connection_that_the_other_side_closed_is_made_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        way = ByTcp(*listening.getsockname())
        for line in (b"1", b"2"):
            way.send([line])
            connection, _ = listening.accept()
            with connection:
                assert connection.recv(10) == line + b"\n"
        way.close()


def test_what_elasticsearch_refuses_is_counted_and_the_rest_is_kept(
    tmp_path: Path,
) -> None:
    with elasticsearch(tmp_path) as database:
        shipper = shipper_to(database.url("lines"))
        _log(shipper, json.dumps({"n": 1}), "no JSON", json.dumps({"n": 2}))
        shipper.close()
        found = sorted(each["n"] for each in database.found("lines"))

    assert found in ([1, 2], [])  # of a request with such a line all may be refused
    assert shipper.lost == 3 - len(found)


def test_a_line_that_no_datagram_holds_is_lost() -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as receiving:
        receiving.bind(("127.0.0.1", 0))
        shipper = shipper_to(f"udp://127.0.0.1:{receiving.getsockname()[1]}")
        _log(shipper, "x" * 70_000, "1")
        shipper.close()
        assert receiving.recv(10) == b"1"

    assert shipper.lost == 1


@pytest.mark.parametrize(
    "url", ["", "tcp://", "tcp://a:x", "ftp://a:1", "elasticsearch://127.0.0.1:9200"]
)
def test_a_url_of_another_form_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="is not"):
        shipper_to(url)


def test_a_shipper_without_lines_ends_at_once() -> None:
    shipper = shipper_to(f"tcp://127.0.0.1:{free_port()}")
    shipper.close()

    assert shipper.lost == 0
