"""Packets are read again, and no further than is asked for."""

from __future__ import annotations

from inspector.browser.looking import BESIDE, Looking
from inspector.journal import Journal
from inspector.library.given import Captures
from inspector.library.passes import Pass
from inspector.pipeline import Options
from inspector.views.clock import Times
from inspector.views.closeup import close_up
from tests.inspector.browser.piloted import SLOW

_FIRST_NS = 1_780_000_000_000_000_000


def _looking() -> Looking:
    return Looking([str(SLOW)], Options(where=lambda _: False), Times.RELATIVE)


def test_an_exchange_has_the_packets_and_neighbours_that_show_shows() -> None:
    near = [398, 410, 422, 434, 446]
    found = _looking().close_up(422, near, lambda: False)
    journal = Journal()
    items = Pass(Captures([str(SLOW)]), Options(), [journal]).items()
    whole, _ = close_up(422, items, journal)

    assert found is not None
    assert whole is not None
    assert found.neighbours == whole.neighbours
    assert [type(row) for row in found.rows] == [type(row) for row in whole.rows]
    assert len(found.rows) == 4


def test_a_ladder_and_packets_of_what_is_near() -> None:
    arrows = _looking().ladder({410, 422}, _FIRST_NS, 80, lambda: False)
    text = "\n".join(line.plain for line in arrows)
    assert "#410" in text
    assert "#422" in text
    assert "#434" not in text

    rows = _looking().packets(2, 1300, _FIRST_NS, 80, lambda: False)
    text = "\n".join(line.plain for line in rows)
    assert "  1300  " in text
    assert "#423" not in text  # of another connection
    assert 10 < len(rows) <= 2 * BESIDE + 4
