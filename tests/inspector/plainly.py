"""The same traffic twice: every exchange made, and those that are plain only kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.plain import PlainExchange
from inspector.pipeline import Options, Pipeline
from tests.inspector.conversation import MILLISECOND, SERVER, Wire, failure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inspector.calls.exchanges import Exchange
    from inspector.calls.plain import PlainCall
    from inspector.figures.report import Report
    from inspector.findings.finding import Finding
    from inspector.sources.records import PacketRecord
    from inspector.streams.packets import DataPacket
    from protocol import JsonText

SECRET = "hunter2-is-mine"  # noqa: S105 — which is to be hidden
_CALLS = 60


class Kept:
    """What passes, in its order: what is plain as it is kept.

    Attributes:
        items: All of it.
        report: The figures.
    """

    def __init__(
        self, records: Sequence[PacketRecord], options: Options | None = None
    ) -> None:
        self.items: list[Exchange | Finding | PlainExchange] = []
        pipeline = Pipeline(options)
        for item in pipeline.inspect(iter(records), keeper=self):
            self.items.append(item)
        self.report: Report = pipeline.report()

    def keep_event(self, event: PlainCall) -> None:
        """Keep an event."""
        self.items.append(PlainExchange(event))

    def keep_call(
        self, call: PlainCall, response: JsonText, size: int, record: DataPacket
    ) -> None:
        """Keep a call."""
        self.items.append(PlainExchange(call, response, size, record))

    @property
    def plain(self) -> list[PlainExchange]:
        """What is plain."""
        return [each for each in self.items if isinstance(each, PlainExchange)]


def mostly_plain(server: str = "10.0.0.2:8888") -> list[PacketRecord]:
    """Return calls and events, of which few fail, have a secret or a large payload."""
    wire = Wire()
    talk = wire.connect(server=server)
    for number in range(_CALLS):
        data: object = [number, "é"[number % 20 != 5 :]]
        if number % 20 == 19:
            data = {"password": SECRET}
        elif number % 20 == 9:
            data = "x" * 3000
        talk.ask("sum", str(number), data)
        wire.wait(MILLISECOND if number else 20 * MILLISECOND)
        if number % 20 == 15:
            talk.send(SERVER, failure(str(number), "no"))
        else:
            talk.answer(str(number), {"is": number})
        talk.emit("log", number)
    return list(wire.linger().records)
