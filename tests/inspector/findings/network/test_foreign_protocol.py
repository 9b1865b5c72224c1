from __future__ import annotations

from tests.inspector.scenes import Sentences, Trace, said_of, stranger

_HTTP = b"GET / HTTP/1.1\r\n\r\n"
TRACE = Trace(stranger("10.0.0.2:8888", _HTTP), stranger("10.0.0.2:80", _HTTP))


def test_what_it_says() -> None:
    assert said_of(TRACE, "foreign-protocol") == Sentences(
        message="HTTP on 10.0.0.2:8888, where others speak Nest's protocol",
        headline="HTTP on a port of Nest",
        cause=(
            "1 connection to 10.0.0.2:8888 spoke HTTP. Nest waits for a #, never "
            "answers, "
            "and drops the connection after 30 s (11.2.5, 12.0.3 and later). Packet"
            " 7."
        ),
        hint="use another port: a hybrid application has one for each transport",
    )


def test_what_it_says_of_clients_of_socket_io_2() -> None:
    request = b"GET /socket.io/?EIO=3&transport=websocket HTTP/1.1\r\n\r\n"
    trace = Trace(stranger("10.0.0.2:8888", request), TRACE.passes)

    assert said_of(trace, "foreign-protocol") == Sentences(
        message="Engine.IO 3 on 10.0.0.2:8888, where others speak Nest's protocol",
        headline="Engine.IO 3 on a port of Nest",
        cause=(
            "1 connection to 10.0.0.2:8888 spoke Engine.IO 3, as clients of Socket.IO "
            "2 do: a gateway refuses them, or answers them with allowEIO3; what they "
            "say is not read here. Packet 7."
        ),
        hint="use Socket.IO 3 or later in these clients",
    )
