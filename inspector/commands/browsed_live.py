"""What is marked or listed in the browser of live traffic, as a page.

No file has its packets, so the exchanges are taken as they were kept, and inspected
once more by themselves: their figures are those of these exchanges alone, as on the
page of files.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from inspector.calls.exchanges import Kind
from inspector.calls.seen import Recognised
from inspector.page.data import Origin, named, page_data
from inspector.page.document import document
from inspector.page.gathering import Gathering
from inspector.pipeline import Pipeline
from inspector.sources.files import STDIN
from protocol import UNDEFINED, Json, JsonText, Response, dumps, loads, route

from .browsed_page import check_page, save_page
from .run_options import redaction_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from inspector.browser.session import Session
    from inspector.calls.exchanges import Exchange
    from inspector.figures.report import Report
    from inspector.findings.finding import Finding
    from inspector.redaction.texts import Redaction
    from protocol import UndefinedType

    from .run_options import RunOptions


class _Again(Pipeline):
    """A pass over exchanges that were inspected before."""

    def judge(self, exchanges: Sequence[Exchange]) -> Iterator[Exchange | Finding]:
        """Yield them, with what these alone show.

        Args:
            exchanges: In the order of their requests.
        """
        self._report.selective = True
        connections = {each.connection.number: each.connection for each in exchanges}
        told = self._tell([*map(Recognised, connections.values()), *exchanges])
        return chain(told, self._conclude(self._detective))


def write_live_page(
    session: Session,
    options: RunOptions,
    file: str,
    chosen: Collection[int],
    *,
    hidden: bool,
) -> str:
    """Write a page of some exchanges, and return what is to be said of it.

    Args:
        session: Where they are kept; of those that are gone by now nothing is written.
        options: What was asked of the run.
        file: Where to.
        chosen: The numbers of the exchanges.
        hidden: Whether secrets are hidden.

    Raises:
        InspectorError: The extra ``html`` is not installed, or the file is read.
        UnwritableOutputError: The file cannot be written.
    """
    check_page(options, file)
    found = [
        each
        for number in sorted(chosen)
        if (each := session.store.exchange(number)) is not None
    ]
    page = _page(session.title, options, found, hidden=hidden)
    return save_page(page, file, len(found))


def _page(
    source: str, options: RunOptions, found: Sequence[Exchange], *, hidden: bool
) -> str:
    """Return a page of exchanges."""
    if hidden and options.redaction is None:  # else it was done when they were read
        redaction = redaction_of(["auto"])
        assert redaction is not None
        found = [concealed(each, redaction) for each in found]
    pipeline, gathered = _Again(options.inspection()), Gathering()
    for item in pipeline.judge(found):
        gathered.add(item)
    gathered.finish()
    report = _dated(pipeline.report(), found)
    origin = Origin([STDIN], redacted=hidden, described=bool(options.described))
    data = page_data(report, gathered, origin)
    command = "protocol-inspect live --browse"
    return document(named(data, source, command, report.packet_records))


def _dated(report: Report, found: Sequence[Exchange]) -> Report:
    """Return a report that knows when its exchanges were, and of how many packets."""
    report.packet_records = sum(each.packets for each in found)
    report.first_ns = min((each.time_ns for each in found), default=None)
    report.last_ns = max((each.ended_ns for each in found), default=0)
    report.other_connections = 0
    return report


def concealed(exchange: Exchange, redaction: Redaction) -> Exchange:
    """Return an exchange without secrets, as if they had never been read.

    Args:
        exchange: The exchange, which stays as it is.
        redaction: What hides them in the bodies of frames.
    """
    asked = _hide(
        {
            "pattern": _spelled(exchange.pattern),
            "data": exchange.data,
            "metadata": exchange.metadata,
        },
        redaction,
    )
    pattern = loads(asked["pattern"]) if "pattern" in asked else UNDEFINED
    changed = exchange.kind is not Kind.ORPHAN and pattern != exchange.pattern
    return replace(
        exchange,
        pattern=pattern,
        route=route(pattern) if changed else exchange.route,
        data=asked.get("data", UNDEFINED),
        metadata=asked.get("metadata", UNDEFINED),
        replies=[_reply(each, redaction) for each in exchange.replies],
    )


def _reply(reply: Response, redaction: Redaction) -> Response:
    parts = {"response": reply.response, "err": reply.err}
    return replace(reply, **_hide(parts, redaction))


def _spelled(value: Json) -> JsonText | UndefinedType:
    return UNDEFINED if value is UNDEFINED else JsonText(dumps(value))


def _hide(
    parts: dict[str, JsonText | UndefinedType], redaction: Redaction
) -> dict[str, JsonText]:
    """Return the parts of a frame that are there, without secrets."""
    present = [
        b'"%b":%b' % (name.encode(), bytes(text))
        for name, text in parts.items()
        if text is not UNDEFINED
    ]
    body = redaction.body(b"{" + b",".join(present) + b"}")
    return msgspec.json.decode(body, type=dict[str, JsonText])
