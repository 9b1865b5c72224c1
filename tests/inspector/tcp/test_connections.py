from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.streams.flags import TcpFlag
from inspector.streams.packets import DataPacket
from inspector.tcp.connections import STOPPED_NS, Connection, Direction
from inspector.tcp.reordering import Piece
from inspector.tcp.segments import decode_segment
from tests.inspector.conversation import CLIENT, SERVER, Wire
from tests.inspector.tcp.segments import connection, opened, segment

_SPACE = 2**32
_ACK, _SYN = TcpFlag.ACK, TcpFlag.SYN


def _direction(first_seq: int = 1_000) -> Direction:
    direction = connection().directions[0]
    direction.begin(first_seq, from_start=True)
    return direction


@given(
    first=st.integers(0, _SPACE - 1),
    read=st.integers(0, 2**33),
    distance=st.integers(-(2**31), 2**31 - 1),
)
def test_a_place_is_known_by_its_distance_however_often_numbers_wrap(
    first: int, read: int, distance: int
) -> None:
    direction = _direction(first)
    direction.advance(read)

    place = read + distance

    assert direction.place((first + place) % _SPACE) == place


def test_half_of_the_numbers_are_ahead_and_half_are_before() -> None:
    direction = _direction(0)

    assert direction.place(2**31 - 1) == 2**31 - 1
    assert direction.place(2**31) == -(2**31)


def test_a_connection_has_two_directions_that_know_each_other() -> None:
    opening = segment(0, number=3, time_ns=77)
    made = Connection(2, opening)
    first, second = made.directions

    assert (made.number, made.flow) == (2, opening.flow)
    assert (made.opened_in, made.opened_ns) == (3, 77)
    assert (first.side, second.side) == (0, 1)
    assert (first.opposite, second.opposite) == (second, first)
    assert first.counts is second.counts is made.counts


def test_nothing_is_known_of_a_direction_before_its_first_segment() -> None:
    direction = connection().directions[0]

    assert not direction.begun
    assert not direction.undisturbed
    assert (direction.next, direction.acknowledged) == (0, 0)
    assert (direction.expected, direction.fin) == (-1, None)
    assert (direction.heard, direction.provisional) == (False, False)
    assert (direction.stopped, direction.stopped_ns) == (False, 0)
    assert (direction.latest, direction.late_ack_ns, direction.probe) == (None, 0, None)
    assert not direction.buffer
    assert not direction.unacknowledged


def test_a_flow_names_the_same_connection_from_either_side() -> None:
    wire = Wire()
    wire.connect(client="::1:40000", server="::1:8888")

    made = Connection(1, decode_segment(wire.records[0]))

    assert made.endpoints[CLIENT] == ("::1", 40_000)
    assert made.endpoints[SERVER] == ("::1", 8_888)


@pytest.mark.parametrize(
    ("side", "flags", "client"),
    [(0, _SYN, 0), (1, _SYN, 1), (0, _SYN | _ACK, 1), (1, _SYN | _ACK, 0)],
)
def test_a_syn_begins_its_direction_and_shows_who_asks(
    side: int, flags: int, client: int
) -> None:
    made = connection()
    direction = made.directions[side]
    direction.hear(segment(2**32 - 1, flags=flags))

    assert direction.from_start
    assert not direction.provisional
    assert direction.place(0) == 0
    assert made.client == client
    # The ACK of a SYN shows where the other side begins, if not for good.
    assert direction.opposite.begun == bool(flags & _ACK)


def test_a_syn_that_is_repeated_changes_nothing() -> None:
    made = connection()
    direction = made.directions[0]
    direction.hear(segment(999, flags=_SYN))
    made.client = None
    direction.hear(segment(4_999, flags=_SYN))

    assert direction.place(1_000) == 0
    assert made.client is None


def test_a_syn_that_comes_late_corrects_only_what_was_provisional() -> None:
    provisional, sure = (connection().directions[0] for _ in range(2))
    provisional.hear(segment(1_050))
    sure.hear(segment(1_050, b"x"))
    sure.advance(1)
    for direction in (provisional, sure):
        direction.hear(segment(999, flags=_SYN))

    assert (provisional.from_start, provisional.place(1_000)) == (True, 0)
    assert (sure.from_start, sure.place(1_000)) == (False, -50)
    assert sure.connection.client == 0


def test_the_first_segment_begins_both_directions_if_not_for_good() -> None:
    first, second = connection().directions
    first.hear(segment(1_000, b"abc", ack=5_000))

    assert (first.heard, second.heard) == (True, False)
    for direction, seq in ((first, 1_000), (second, 5_000)):
        assert (direction.provisional, direction.from_start) == (True, False)
        assert direction.place(seq) == 0
    first.advance(3)
    first.hear(segment(1_003, b"d", ack=6_000))
    assert (first.place(1_003), second.place(5_000)) == (3, 0)
    assert not first.provisional


def test_without_an_ack_the_other_side_is_unknown() -> None:
    first, second = connection().directions
    first.hear(segment(1_000, b"abc", flags=TcpFlag.PSH))

    assert not second.begun


@pytest.mark.parametrize(
    ("seq", "payload", "place"),
    [
        (999, b"abc", 0),
        (990, b"abc", 0),  # sent again, before what was taken for the beginning
        (1_001, b"abc", 0),  # the byte after that of a keep-alive
        (1_000, b"abc", 0),
        (1_002, b"abc", 2),  # overtook others
        (990, b"", -10),
        (1_001, b"", 1),
    ],
)
def test_the_first_data_correct_a_provisional_beginning(
    seq: int, payload: bytes, place: int
) -> None:
    direction = connection().directions[0]
    direction.hear(segment(1_000))
    direction.hear(segment(seq, payload))

    assert direction.place(seq) == place
    assert direction.provisional


def test_data_correct_no_beginning_that_is_sure_or_that_others_rely_on() -> None:
    sure, waiting = _direction(), connection().directions[0]
    waiting.hear(segment(1_000))
    packet = DataPacket(1, 0, 5, 6)
    waiting.buffer.add(Piece(5, 6, b"x", packet), [(5, 6)])
    for direction in (sure, waiting):
        direction.hear(segment(990, b"abc"))

        assert direction.place(990) == -10


def test_a_side_without_room_is_stopped_until_it_has_some() -> None:
    made, direction, _ = opened()
    direction.hear(segment(1_000, window=0, time_ns=50))
    assert (direction.stopped, direction.stopped_ns) == (True, 50)
    direction.hear(segment(1_000, window=0, time_ns=90))

    assert (direction.stopped, direction.stopped_ns) == (True, 50)
    assert made.counts.zero_windows == 2
    direction.hear(segment(1_000, window=1))
    assert (direction.stopped, direction.stopped_ns) == (False, 0)
    assert made.counts.zero_windows == 2


@pytest.mark.parametrize("flags", [TcpFlag.RST | _ACK, TcpFlag.FIN | _ACK, _SYN])
def test_a_segment_that_begins_or_ends_something_says_nothing_of_room(
    flags: int,
) -> None:
    made, direction, _ = opened()
    direction.hear(segment(1_000, window=0, flags=flags))

    assert (direction.stopped, made.counts.zero_windows) == (False, 0)


@pytest.mark.parametrize(
    ("waited", "trouble"),
    [(STOPPED_NS - 1, {}), (STOPPED_NS, {"zero window": (0, 9)})],
)
def test_no_room_is_trouble_once_it_lasts(
    waited: int, trouble: dict[str, tuple[int, int]]
) -> None:
    made, direction, _ = opened()
    direction.hear(segment(1_000, window=0, time_ns=50, number=8))
    direction.hear(segment(1_000, window=0, time_ns=50 + waited, number=9))

    assert STOPPED_NS == 200_000_000
    assert made.trouble == trouble


def test_of_each_trouble_the_first_segment_is_remembered() -> None:
    made, first, second = opened()
    second.note("reset", segment(0, number=4))
    first.note("reset", segment(0, number=5))
    first.note("copy", segment(0, number=6))

    assert made.trouble == {"reset": (1, 4), "copy": (0, 6)}


def test_a_repeated_syn_opens_nothing_and_another_one_does() -> None:
    direction = _direction(1_001)
    direction.advance(500)

    assert not direction.begins_anew(segment(1_000, flags=_SYN))
    assert direction.begins_anew(segment(1_001, flags=_SYN))
    assert direction.begins_anew(segment(77_777, flags=_SYN))
    assert not direction.begins_anew(segment(77_777, flags=_SYN | _ACK))
    assert not _direction(0).begins_anew(segment(2**32 - 1, flags=_SYN))


def test_what_has_not_begun_does_not_begin_anew() -> None:
    direction = connection().directions[0]
    direction.connection.closed = True

    assert not direction.begins_anew(segment(77_777, flags=_SYN))
    assert not direction.begins_anew(segment(1 << 25, b"x"))


def test_after_an_end_an_answer_to_a_syn_or_far_data_begin_a_connection() -> None:
    direction, far = _direction(1_001), 1 << 24
    direction.connection.closed = True

    assert direction.begins_anew(segment(77_777, flags=_SYN | _ACK))
    assert not direction.begins_anew(segment(1_000, flags=_SYN | _ACK))
    assert direction.begins_anew(segment(1_001 + far + 1, b"x"))
    assert direction.begins_anew(segment(1_001 - far - 1, b"x"))
    assert not direction.begins_anew(segment(1_001 + far, b"x"))
    assert not direction.begins_anew(segment(1_001 - far, b"x"))
    assert not direction.begins_anew(segment(1_001 + far + 1))
    direction.advance(far)
    assert not direction.begins_anew(segment(1_001 + far + 1, b"x"))
    direction.connection.closed = False
    assert not direction.begins_anew(segment(1_001 + 3 * far, b"x"))


def test_a_keep_alive_names_the_byte_before_the_next_one() -> None:
    direction = _direction(1_000)
    direction.advance(10)

    assert direction.only_probes(segment(1_009))
    assert direction.only_probes(segment(1_009, b"x"))
    assert not direction.only_probes(segment(1_009, b"xy"))
    assert not direction.only_probes(segment(1_010))
    assert not direction.only_probes(segment(1_008))
    for flag in (TcpFlag.FIN, _SYN, TcpFlag.RST):
        assert not direction.only_probes(segment(1_009, flags=flag | _ACK))
    direction.fin = 10
    assert not direction.only_probes(segment(1_009))


def test_the_next_byte_is_a_probe_only_to_a_side_without_room() -> None:
    direction = _direction(1_000)

    assert not direction.only_probes(segment(1_000, b"x"))
    direction.opposite.stopped = True
    assert direction.only_probes(segment(1_000, b"x"))
    assert not direction.only_probes(segment(1_000, b"xy"))
    assert not direction.only_probes(segment(1_000))
