from __future__ import annotations

from inspector.streams.connections import Connection, Direction
from inspector.streams.endpoints import Endpoint
from inspector.streams.packets import PacketCounts

NEAR, FAR = Endpoint("10.0.0.1", 40_000), Endpoint("::1", 8_888)


def test_nothing_is_known_of_a_connection_at_first() -> None:
    connection = Connection(3, (NEAR, FAR), 7, 1_000)

    assert (connection.number, connection.endpoints) == (3, (NEAR, FAR))
    assert (connection.opened_in, connection.opened_ns) == (7, 1_000)
    assert connection.client is None
    assert (connection.carrier, connection.service) == ("", "")
    states = (connection.reset, connection.closed, connection.ignored)
    assert states == (False, False, False)
    assert connection.counts == PacketCounts()
    assert connection.trouble == {}


def test_the_first_side_is_taken_for_the_client_while_nobody_knows() -> None:
    connection = Connection(1, (NEAR, FAR), 1, 0)

    for client, ends in ((None, (NEAR, FAR)), (0, (NEAR, FAR)), (1, (FAR, NEAR))):
        connection.client = client
        assert (connection.client_endpoint, connection.server_endpoint) == ends
        texts = (str(ends[0]), str(ends[1]))
        assert (connection.client_text, connection.server_text) == texts


def test_a_direction_begins_at_place_0() -> None:
    connection = Connection(1, (NEAR, FAR), 1, 0)
    direction = Direction(connection, 1)

    assert (direction.connection, direction.side) == (connection, 1)
    assert (direction.next, direction.from_start) == (0, False)


def test_a_connection_that_nobody_reads_is_ignored_whatever_it_is_made_of() -> None:
    connection = Connection(1, (NEAR, FAR), 1, 0)
    connection.ignore()

    assert connection.ignored
    assert connection.flows == ()


def test_a_direction_without_segments_is_unseen_once_the_other_shows_that_it_is() -> (
    None
):
    connection = Connection(1, (NEAR, FAR), 1, 0)
    connection.directions = Direction(connection, 0), Direction(connection, 1)
    near, far = connection.directions
    near.opposite, far.opposite = far, near
    unseen = [connection.unseen]
    near.heard, far.claimed = True, 1
    unseen.append(connection.unseen)
    far.claimed = 2
    unseen.append(connection.unseen)
    far.claimed, near.from_start, connection.established = 1, True, True
    unseen.append(connection.unseen)
    far.heard = True
    unseen.append(connection.unseen)

    assert unseen == [None, None, far, far, None]
