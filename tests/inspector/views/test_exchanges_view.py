from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len
from rich.console import Console

from inspector.views.console import THEME
from inspector.views.exchanges_view import print_exchanges
from protocol import UNDEFINED
from tests.inspector.carriers.pigeons import confirmed, perch, pigeons
from tests.inspector.conversation import (
    CLIENT,
    MILLISECOND,
    SECOND,
    START,
    Conversation,
    Wire,
    inspected,
    request,
)
from tests.inspector.over_nats import Broker

if TYPE_CHECKING:
    from collections.abc import Callable

    from inspector.calls.exchanges import Exchange


def _exchanges(*steps: Callable[[Conversation], object]) -> list[Exchange]:
    wire = Wire()
    call = wire.connect()
    for step in steps:
        step(call)
    return inspected(wire.records).exchanges


def _shown(exchanges: list[Exchange], width: int = 80, first_ns: int = START) -> str:
    file = StringIO()
    console = Console(file=file, theme=THEME, width=width, highlight=False)
    print_exchanges(console, exchanges, first_ns)
    return file.getvalue()


def test_a_line_has_time_pattern_values_and_the_packets_that_prove_the_count() -> None:
    exchanges = _exchanges(
        lambda call: call.wire.wait(2 * MILLISECOND),
        lambda call: call.ask({"cmd": "sum"}, "1", [1, 2]),
        lambda call: call.wire.wait(41 * MILLISECOND),
        lambda call: call.answer("1", 3),
        lambda call: call.emit("log", "求和"),
    )

    assert _shown(exchanges).splitlines() == [
        " #    time s  pattern  data   reply    ms  packets",
        "#1  0.002400  cmd:sum  [1,2]  3      41.1        2  4 5",
        "#2  0.043600  log      求和   event     –        1  6",
    ]


def test_an_unanswered_call_says_how_long_it_waited() -> None:
    exchanges = _exchanges(
        lambda call: call.ask("lost", "1"),
        lambda call: call.wire.wait(5 * SECOND),
        lambda call: call.close(),
    )

    assert "unanswered 5.00 s" in _shown(exchanges)


def test_shared_packets_are_marked_and_the_mark_is_explained() -> None:
    shown = _shown(
        _exchanges(
            lambda call: call.send(CLIENT, request("a", "1"), request("b", "2")),
            lambda call: call.answer("1", 1).answer("2", 2),
        )
    )

    assert shown.splitlines()[1].endswith("2  4* 5")
    assert shown.endswith("\n\n* shared with another frame\n")
    assert "*" not in _shown(_exchanges(lambda call: call.emit("log", 1)))


def test_a_wide_screen_adds_the_bytes_at_the_end() -> None:
    exchanges = _exchanges(lambda call: call.emit("log", 1))

    assert _shown(exchanges, 109) == _shown(exchanges, 80)
    header, line = _shown(exchanges, 110).splitlines()
    assert header.endswith("  bytes")
    assert line.endswith(f"  {exchanges[0].request_bytes}")
    assert exchanges[0].request_bytes == len('26#{"pattern":"log","data":1}')


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_long_values_are_shortened_to_the_width(width: int) -> None:
    exchanges = _exchanges(
        lambda call: call.ask("求" * 60, "1", ["😀" * 30, "x" * 99]),
        lambda call: call.answer("1", "é" * 150),
    )

    lines = _shown(exchanges, width).splitlines()
    assert max(map(cell_len, lines)) <= width
    assert "…" in lines[1]


def test_what_a_terminal_would_obey_stands_as_an_escape() -> None:
    shown = _shown(_exchanges(lambda call: call.emit("a\x1b[2J", "b\x07")))

    assert "\x1b" not in shown
    assert "\x07" not in shown
    assert "\\u001b" in shown


def test_only_the_first_thousand_decide_the_widths() -> None:
    exchanges = _exchanges(*[lambda call: call.emit("log", 1)] * 1001)
    exchanges[1000].pattern = exchanges[1000].route = "x" * 30
    lines = _shown(exchanges).splitlines()

    assert len(lines) == 1002
    assert lines[0].split() == [
        "#",
        "time",
        "s",
        "pattern",
        "data",
        "reply",
        "ms",
        "packets",
    ]
    assert lines[1001].split()[2] == "xxxxx…x"


def test_an_orphan_has_no_pattern_and_its_reply() -> None:
    wire = Wire()
    wire.join().answer("1", 7)
    (orphan,) = inspected(wire.records).exchanges

    assert orphan.pattern is UNDEFINED
    assert _shown([orphan]).splitlines()[1].split()[2:] == ["–", "7", "–", "1", "1"]


@pytest.mark.parametrize("width", [80, 120])
def test_several_carriers_have_a_column(width: int) -> None:
    exchanges = _exchanges(
        lambda call: call.send(CLIENT, request("a", "1"), request("b", "2")),
        lambda call: call.answer("1", 1).emit("log", 2),
    )
    assert "over" not in _shown(exchanges, width).splitlines()[0]
    exchanges[2].ledger.carrier = "hare"
    header, *rows = _shown(exchanges, width).splitlines()

    assert header.split()[:5] == ["#", "time", "s", "over", "pattern"]
    assert [row.split()[2] for row in rows[:3]] == ["TCP", "TCP", "HARE"]
    assert rows[-1] == "* shared with another frame"


def test_what_was_done_for_an_exchange_stands_after_its_own_packets() -> None:
    wire = Wire()
    confirmed(perch(wire))
    with pigeons():
        (call,) = inspected(wire.records).exchanges
        shown = _shown([call])

    assert shown.splitlines()[1].split()[-5:] == ["3", "6", "8,", "errands", "7"]


def _over_nats(*, together: bool) -> list[Exchange]:
    broker = Broker()
    caller, worker = broker.peer(), broker.worker("sum")
    first, second = caller.ask("sum", 1), caller.ask("sum", 2)
    for asked in (first, second):
        worker.take(asked)
    bodies = [worker.answer(asked, 3) for asked in (first, second)]
    messages = [
        caller.message(asked.inbox or "", body)
        for asked, body in zip((first, second), bodies, strict=True)
    ]
    for units in [messages] if together else [[each] for each in messages]:
        caller.hear(*units)
    return inspected(broker.wire.linger().records).exchanges


def test_over_a_broker_only_packets_shared_with_others_are_marked() -> None:
    alone, together = (
        _shown(_over_nats(together=each), width=100) for each in (False, True)
    )

    assert "*" not in alone
    assert together.splitlines()[1].endswith("…22*")
    assert together.endswith("\n\n* shared with another exchange\n")


def test_a_mark_that_has_no_room_is_not_explained() -> None:
    narrow = _shown(_over_nats(together=True), width=40)

    assert "*" not in narrow
