from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from inspector.tls.handshakes import (
    CLIENT_HELLO,
    FINISHED,
    HandshakeReader,
    accepts_early_data,
    message_name,
    read_client_hello,
    read_server_hello,
)
from tests.inspector.tls_talk import Talk

_HELLO = Talk().passed[0][1][9:]


def test_a_hello_of_openssl_is_read() -> None:
    hello = read_client_hello(_HELLO)

    assert hello is not None
    assert hello.random == _HELLO[2:34]
    assert not hello.early


def test_a_server_that_asks_again_is_known() -> None:
    retry = bytes.fromhex(
        "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c"
    )
    for random, again in ((retry, True), (bytes(32), False)):
        body = b"\x03\x03" + random + b"\0\x13\x01\0\0\x06\0\x2b\0\x02\x03\x04"
        hello = read_server_hello(body)
        assert hello is not None
        assert (hello.retry, hello.version, hello.suite) == (again, 0x0304, 0x1301)


def test_early_data_are_accepted_by_an_extension() -> None:
    assert accepts_early_data(b"\0\x04\0\x2a\0\0")
    assert not accepts_early_data(b"\0\0")


@given(st.binary(max_size=80))
def test_no_bytes_are_too_bad(data: bytes) -> None:
    read_client_hello(data)
    read_server_hello(data)
    accepts_early_data(data)
    list(HandshakeReader().read(data))


@given(st.lists(st.integers(1, 30)))
def test_messages_are_the_same_however_they_are_cut(sizes: list[int]) -> None:
    data = bytes([CLIENT_HELLO, 0, 0, 3]) + b"abc" + bytes([FINISHED, 0, 0, 40])
    data += bytes(40) + bytes([CLIENT_HELLO, 0, 0, 1]) + b"d"
    reader, found, place = HandshakeReader(), [], 0
    for size in [*sizes, len(data)]:
        found += list(reader.read(data[place : place + size]))
        place += size

    assert found == [(1, b"abc"), (20, b""), (1, b"d")]


def test_messages_have_names() -> None:
    assert message_name(FINISHED) == "finished"
    assert message_name(99) == "message 99"
