"""Plain exchanges are handed on, all others are yielded, and the figures are the same.

What is made of them is compared in ``tests/inspector/browser/test_plain_rows.py``.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from inspector.calls.exchanges import Exchange, Kind
from inspector.library.given import given
from inspector.library.passes import Pass
from inspector.pipeline import Options
from inspector.views.jsonlines import summary_line
from tests.inspector.captures import pcap_bytes
from tests.inspector.conversation import MILLISECOND, SERVER, Wire, failure

if TYPE_CHECKING:
    from inspector.calls.plain import PlainCall
    from inspector.express.kept_exchanges import Keeper
    from inspector.streams.packets import DataPacket
    from protocol import JsonText

_WARM = 40
"""Calls after which nothing is new about a pattern; the first is the slowest."""


class _Kept:
    def __init__(self) -> None:
        self.events: list[int] = []
        self.calls: list[tuple[int, bytes, int, int]] = []

    def keep_event(self, event: PlainCall) -> None:
        assert event.ledger.kind is Kind.EVENT
        self.events.append(event.ledger.number)

    def keep_call(
        self, call: PlainCall, response: JsonText, size: int, record: DataPacket
    ) -> None:
        number = call.ledger.number
        self.calls.append((number, bytes(response), size, record.number))


def _capture() -> bytes:
    wire = Wire()
    call = wire.connect()
    for number in range(_WARM):
        call.ask("sum", f"warm-{number}", [1])
        wire.wait(MILLISECOND if number else 20 * MILLISECOND)
        call.answer(f"warm-{number}", 2)
        call.emit("log", number)
    call.ask("sum", "bad", [1]).send(SERVER, failure("bad", "no"))
    call.ask("sum", "good", [1]).answer("good", "yes")
    return pcap_bytes(wire.records)


def _passed(keeper: Keeper | None, options: Options) -> tuple[list[int], bytes]:
    passed = Pass(given(BytesIO(_capture())), options)
    items = passed.items(keeper=keeper)
    numbers = [each.number for each in items if isinstance(each, Exchange)]
    return numbers, summary_line(passed.report())


def test_what_is_plain_is_kept_and_all_else_yielded() -> None:
    kept = _Kept()

    yielded, summary = _passed(kept, Options())
    everything, whole = _passed(None, Options())

    calls = [number for number, *_ in kept.calls]
    assert sorted([*yielded, *kept.events, *calls]) == sorted(everything)
    assert summary == whole
    assert kept.events
    assert kept.calls[-1][:2] == (2 * _WARM + 2, b'"yes"')
    assert 2 * _WARM + 1 in yielded  # which failed


def test_nothing_is_kept_of_what_is_chosen_one_by_one() -> None:
    kept = _Kept()

    yielded, _ = _passed(kept, Options(where=lambda each: each.number > _WARM))

    assert min(yielded) == _WARM + 1
    assert not kept.calls
    assert not kept.events
