from __future__ import annotations

import pytest

from servers.calling.addresses import Address, parse_address


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("127.0.0.1:8888", Address("127.0.0.1", 8888)),
        ("calc:65535", Address("calc", 65535)),
        ("[::1]:1", Address("::1", 1)),
        (":3000", Address("localhost", 3000)),
        ("unix:/run/calc.sock", Address("", 0, "/run/calc.sock")),
        ("unix:./calc:1", Address("", 0, "./calc:1")),
        ("unix:80", Address("unix", 80)),
        ("tcp://127.0.0.1:8888", Address("127.0.0.1", 8888)),
        ("nats://u:p@h:4222", Address("", 0, url="nats://u:p@h:4222")),
        ("redis://h", Address("", 0, url="redis://h")),
        ("tcp://calc", None),
        ("unix:calc.sock", None),
        ("calc", None),
        ("calc:", None),
        ("kafak://calc:8888", None),
        ("calc:0", None),
        ("calc:65536", None),
        ("calc:-1", None),
        ("calc:٣", None),
        (f"calc:{'9' * 5000}", None),
    ],
)
def test_host_and_port_are_read(text: str, address: Address | None) -> None:
    assert parse_address(text) == address


def test_an_address_is_written_as_it_is_read() -> None:
    for text in ("127.0.0.1:8888", "[::1]:1", "unix:/run/calc.sock"):
        assert str(parse_address(text)) == text


def test_the_address_of_a_broker_is_written_without_its_password() -> None:
    assert str(parse_address("nats://u:secret@h:4222")) == "nats://h:4222"
