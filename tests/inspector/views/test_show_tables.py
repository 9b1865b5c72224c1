"""The packets of an exchange, and what is around it."""

from __future__ import annotations

from tests.inspector.conversation import CLIENT, SERVER, Wire, failure, response
from tests.inspector.views.closeups import EVERYTHING, part, shown

_MILLISECOND = 1_000_000


def test_each_packet_has_its_times_and_what_it_carried() -> None:
    wire = Wire()
    call = wire.connect().ask("a", "1")
    wire.wait(2 * _MILLISECOND)
    call.answer("1", 1).ack(CLIENT)

    assert part(shown(wire, 1), "Packets") == [
        "Packets    time s   Δ ms     bytes  carried",
        "      4  0.000300         →     27  request a #1",
        "      5  0.002400  2.100  ←     44  reply a #1",
        "      6  0.002500  0.100  →         ACK of 5",
    ]


def test_others_in_between_are_one_row() -> None:
    wire = Wire()
    call = wire.connect().ask("slow", "1").ack(SERVER)
    for number in range(2, 9):
        call.ask("quick", str(number))
    call.ack(SERVER).answer("1", 1)
    rows = part(shown(wire, 1), "Packets")

    assert rows[3] == "      6…  8 others of this connection: #2 #3 #4 #5 … and ACKs"


def test_of_many_packets_the_first_and_the_last_are_shown() -> None:
    wire = Wire()
    call = wire.connect().ask("stream", "1")
    for value in range(300):
        call.send(SERVER, response("1", value, last=value == 299))
    rows = part(shown(wire, 1), "Packets")

    assert len(rows) == 1 + 30 + 1 + 10
    assert rows[31] == "… 261 more rows, --full"
    assert len(part(shown(wire, 1, EVERYTHING._replace(full=True)), "Packets")) == 302


def test_neighbours_say_when_they_were_and_how_they_ended() -> None:
    wire = Wire()
    call = wire.connect().ask("before", "1").send(SERVER, failure("1", "no"))
    wire.wait(5 * _MILLISECOND)
    call.ask("it", "2")
    wire.wait(5 * _MILLISECOND)
    call.ask("inside", "3").answer("3", 1).answer("2", 1)
    wire.wait(5 * _MILLISECOND)
    call.emit("after", 1)
    rows = [line.split(None, 3) for line in part(shown(wire, 2), "Around it")[1:]]

    assert [row[0] for row in rows] == ["#1", "#2", "#3", "#4"]
    assert rows[0][3].endswith("5.20 ms before, error")
    assert rows[2][3].endswith("inside")
    assert rows[3][3].split() == ["event", "5.10", "ms", "after"]


def test_what_came_while_it_waited_for_ever_says_so() -> None:
    wire = Wire()
    wire.connect().ask("lost", "1").ask("lost", "2").close()
    rows = part(shown(wire, 1), "Around it")

    assert rows[-1].endswith("100 µs after, while it waited, no reply")


def test_without_neighbours_there_is_no_table() -> None:
    wire = Wire()
    wire.connect().ask("a", "1").answer("1", 1)

    assert not any(line.startswith("Around it") for line in shown(wire, 1))


def test_a_neighbour_in_flight_says_so() -> None:
    wire = Wire()
    wire.connect().ask("late", "1").ask("late", "2").ack(SERVER)

    assert part(shown(wire, 1), "Around it")[-1].endswith("while it waited, in flight")
