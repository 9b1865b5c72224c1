"""What the page of a live run shows: that of a capture, and how the run goes.

It has fewer exchanges than the page of a file, since all of it is made again once a
second, on the thread that inspects; and no packet one by one, for that would be work
for each of them while nobody looks.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from inspector.page.data import Origin, named, page_data
from inspector.page.gathering import Gathering
from inspector.page.page_limits import PageLimits
from inspector.sources.files import STDIN
from inspector.views.live_status import LiveStatus
from inspector.views.rendering import safe

if TYPE_CHECKING:
    from inspector.calls.exchanges import Exchange
    from inspector.calls.plain import PlainExchange
    from inspector.figures.report import Report
    from inspector.findings.finding import Finding
    from inspector.page.tables import Json

LIVE = PageLimits(
    exchanges=300,
    row_bytes=300_000,
    payloads=200,
    payload_bytes=300_000,
    one_payload=4_096,
    replies=8,
    packets=0,
    traffic=1_000,
    pairs=200,
    rows=100,
    findings=50,
)
"""How much the page of a live run has."""
ROWS = {"exchanges": "n"}
"""Sections that list objects, and the key of each."""
MEMBERS = ("details", "connections")
"""Sections that are objects of many members."""
_MOST_NAMES = 1_000  # of patterns, before those that are shown are counted anew
_MILLION = 1_000_000


class LivePage:
    """The page of a live run, state by state.

    Args:
        command: The command that shows it, as it may be said.
        redacted: Whether secrets are hidden.
        limits: How much it has.
        described: Whether files say what the messages of gRPC are.
    """

    def __init__(
        self,
        command: str,
        *,
        redacted: bool,
        limits: PageLimits = LIVE,
        described: bool = False,
    ) -> None:
        self._command = command
        # Nobody can read it again, so nothing names a command that would.
        self._origin = Origin([STDIN], redacted=redacted, described=described)
        self._source = ""
        self._gathered = Gathering(limits)
        self._notice = ""
        self._began_ms = 0  # since 1970, once it is known
        self._names: dict[tuple[str, str], int] = {}

    def named(self, source: str) -> LivePage:
        """Return the page, which knows from now on what its source is called."""
        self._source = source
        return self

    def add(self, item: Exchange | Finding) -> None:
        """Take in what has just ended, or was just found."""
        self._gathered.add(item)

    def add_plain(self, plain: PlainExchange) -> None:
        """Take in one that is an exchange only for whoever looks at it."""
        self._gathered.add_plain(plain)

    def notice(self, words: str) -> None:
        """Take in what happened to the source itself; the latest is shown."""
        self._notice = safe(words)

    def first(self, report: Report) -> Json:
        """Return the state before anything was seen.

        Args:
            report: That of no packet.
        """
        return self.state(LiveStatus(0, 0, None, []), report, ended=False)

    def state(self, status: LiveStatus, report: Report, *, ended: bool) -> Json:
        """Return what there is to be seen, which has a form in JSON.

        Args:
            status: How far the run has come.
            report: Its figures.
            ended: Whether it has ended.
        """
        if ended:
            self._gathered.finish()
        state = page_data(report, self._gathered, self._origin)
        if not self._began_ms and status.running_ns:
            self._began_ms = (time.time_ns() - status.running_ns) // _MILLION
        named(state, self._source, self._command, report.packet_records)
        self._keep_places(state)
        state["live"] = {
            "began_ms": self._began_ms,
            "waiting": len(status.waiting),
            "dropped": status.dropped or 0,
            "notice": self._notice,
            "ended": ended,
        }
        return state

    def _keep_places(self, state: Json) -> None:
        """Let patterns keep their places, or each row would change with the first."""
        if len(self._names) > _MOST_NAMES:
            self._names.clear()
        places = [
            self._names.setdefault(tuple(name), len(self._names))
            for name in state["names"]
        ]
        for row in state["exchanges"]:
            row["pattern"] = places[row["pattern"]]
        state["names"] = [list(name) for name in self._names]
