from __future__ import annotations

from inspector.figures.connections import Connections
from tests.inspector.directions import direction


def test_connections_that_are_over_are_forgotten_but_for_the_last() -> None:
    connections = Connections(remembered=2)
    opened = [direction().connection for _ in range(4)]
    for connection in opened:
        connections.add(connection)
    for connection in opened[:3]:
        connections.close(connection)

    assert list(connections.known) == opened[1:]
    assert connections.forgotten.connections == 1
