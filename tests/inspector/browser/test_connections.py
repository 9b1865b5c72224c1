from __future__ import annotations

from inspector.browser.connections import pack_connection, unpack_connection
from inspector.streams.connections import Connection
from inspector.streams.endpoints import Endpoint
from inspector.streams.names import Names


def test_a_connection_comes_back_with_its_names_and_directions() -> None:
    ends = Endpoint("10.0.0.1", 4000), Endpoint("::1", 8888)
    connection = Connection(7, ends, 12, 3_000)
    connection.client, connection.carrier, connection.capture_ns = 1, "nats", 5
    connection.process = "server", Endpoint("10.0.0.9", 1)
    connection.twin = Connection(9, ends, 1, 1)

    back, twin = unpack_connection(
        pack_connection(connection), Names({":4000": "calc"})
    )

    assert twin == 9
    assert (back.number, back.endpoints) == (7, ends)
    assert (back.opened_in, back.opened_ns, back.capture_ns) == (12, 3_000, 5)
    assert (back.client_text, back.server_text) == ("[::1]:8888", "10.0.0.1:4000")
    assert back.server_name == "calc"
    assert back.process == ("server", Endpoint("10.0.0.9", 1))
    assert [each.side for each in back.directions] == [0, 1]
    assert back.directions[0].opposite is back.directions[1]
    assert back.directions[1].connection is back
