from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.exchanges import Kind
from inspector.figures.longest import REMEMBERED, long_call, nothing_completed
from tests.inspector.conversation import MILLISECOND, Wire, inspected

if TYPE_CHECKING:
    from inspector.calls.exchanges import Exchange
    from inspector.findings.conclusions import LongCall


def _answered(exchange: Exchange) -> int:
    return exchange.first_reply_ns or 0


def _seen() -> tuple[LongCall, int]:
    """Return the longest of some calls, and how many others ended meanwhile."""
    wire = Wire()
    slow, other = wire.connect(), wire.connect(client="10.0.0.1:41000")
    elsewhere = wire.connect(server="10.0.0.9:8888", client="10.0.0.1:42000")
    other.ask("b", "0").answer("0", 1)
    slow.ask("a", "1")
    for number in range(3):
        other.ask("b", f"o{number}").answer(f"o{number}", 1)
    slow.ask("b", "2").answer("2", 1)
    elsewhere.ask("b", "e").answer("e", 1)
    wire.wait(30 * MILLISECOND)
    slow.answer("1", 1)
    exchanges = sorted(inspected(wire.records).exchanges, key=_answered)
    completed = nothing_completed()
    for each in exchanges[:-1]:
        connection = each.connection
        completed.append(
            (connection.number, connection.server_text, each.first_reply_ns or 0)
        )
    slowest = exchanges[-1]
    longest = long_call(slowest, slowest.connection.server_text, completed)
    return longest, len(exchanges)


def test_what_the_same_server_answered_meanwhile_is_counted() -> None:
    longest, exchanges = _seen()

    assert exchanges == 7
    assert (longest.completed, longest.beside, longest.whole) == (4, 1, True)
    assert not longest.resent
    assert longest.place.exchange == 2
    assert longest.asked_in < longest.place.packet


def test_of_more_than_is_remembered_not_all_is_known() -> None:
    wire = Wire()
    slow, other = wire.connect(), wire.connect(client="10.0.0.1:41000")
    slow.ask("a", "1")
    for number in range(REMEMBERED + 1):
        other.ask("b", f"o{number}").answer(f"o{number}", 1)
    slow.answer("1", 1)
    report = inspected(wire.records).report
    longest = report.patterns["tcp", "a", Kind.MESSAGE].longest

    assert longest is not None
    assert (longest.completed, longest.whole) == (REMEMBERED, False)
