"""Pages in the making: what is gathered of a capture, and the data of its page."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from inspector.journal import Journal
from inspector.page.data import Origin, page_data
from inspector.page.embedding import encoded
from inspector.page.gathering import Gathering
from inspector.page.page_limits import USUAL
from inspector.pipeline import Pipeline
from inspector.sources.files import read_capture
from tests.inspector.conversation import SERVER, Wire, failure

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from inspector.figures.report import Report
    from inspector.page.page_limits import PageLimits
    from inspector.sources.records import PacketRecord

HOSTILE = "</script><img src=x onerror=window.ran=1>'\"&\u2028]]>#1"
"""What would run, or end the element that it is in."""


class Made(NamedTuple):
    """What was gathered of some records, and the report on them."""

    gathered: Gathering
    report: Report

    def data(self, captures: Iterable[str] = ("some.pcap",)) -> Any:  # noqa: ANN401
        """Return the data of the page, as a browser reads it."""
        made = page_data(self.report, self.gathered, Origin(list(captures)))
        return json.loads(encoded(made))


def made(records: Iterable[PacketRecord], limits: PageLimits = USUAL) -> Made:
    """Gather what a page has of some records."""
    gathered, journal = Gathering(limits), Journal()
    pipeline = Pipeline(taps=[journal])

    def noted() -> Any:  # noqa: ANN401 — exchanges and findings
        for item in pipeline.inspect(records):
            gathered.add(item)
            yield item

    for packet in journal.read(noted()):
        gathered.add_packet(packet)
    gathered.finish()
    return Made(gathered, pipeline.report())


def made_of(capture: Path, limits: PageLimits = USUAL) -> Made:
    """Gather what a page has of a capture file."""
    return made(read_capture(str(capture)), limits)


def calls(count: int, *, failing: Iterable[int] = (), data: str = "x") -> Wire:
    """Return a capture of calls, some of which fail, by their numbers."""
    wire, failed = Wire(), set(failing)
    call = wire.connect()
    for number in range(1, count + 1):
        call.ask("sum", str(number), data)
        if number in failed:
            call.send(SERVER, failure(str(number), "no"))
        else:
            call.answer(str(number), number)
    call.close()
    return wire


def hostile() -> Wire:
    """Return a capture with a script in every field that a peer may choose."""
    wire = Wire()
    call = wire.connect()
    call.ask(HOSTILE, "1", {HOSTILE: HOSTILE}).answer("1", [HOSTILE])
    call.ask({HOSTILE: HOSTILE}, HOSTILE, HOSTILE)
    call.send(SERVER, failure(HOSTILE, {"message": HOSTILE, "status": HOSTILE}))
    call.emit(HOSTILE, HOSTILE).ask(HOSTILE, "3", "\ud800\u202e\x1b[31m")
    return wire.linger()
