"""Where a live run answers besides."""

from __future__ import annotations

import socket

import pytest

from inspector.commands.ports import endpoint_of, listen, port_endpoint
from inspector.errors import InspectorError
from inspector.streams.endpoints import Endpoint


def test_a_port_alone_is_one_of_the_loopback_interface() -> None:
    assert port_endpoint("--web", "8088") == Endpoint("127.0.0.1", 8088)
    assert port_endpoint("--web", "10.0.0.1:8088") == Endpoint("10.0.0.1", 8088)
    assert port_endpoint("--web", "[::1]:8088") == Endpoint("::1", 8088)
    for wrong in ("", "x", "1.2.3.4:", ":8088", "65536"):
        with pytest.raises(InspectorError, match="not PORT or HOST:PORT"):
            port_endpoint("--web", wrong)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_who_listens_can_be_reached(address: str) -> None:
    with listen(Endpoint(address, 0)) as listener:
        where = endpoint_of(listener)
        assert where.address == address
        socket.create_connection(where).close()
        with pytest.raises(InspectorError, match="cannot listen: address already in"):
            listen(where)


def test_an_address_of_another_machine_is_one_line() -> None:
    with pytest.raises(InspectorError) as raised:
        listen(Endpoint("192.0.2.1", 0))

    assert str(raised.value) == (
        "192.0.2.1:0: cannot listen: cannot assign requested address"
    )
