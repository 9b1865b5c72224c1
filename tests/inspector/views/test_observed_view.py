"""All that a view is told passes by who observes it."""

from __future__ import annotations

from typing import Any, cast

from inspector.figures.report import Report
from inspector.views.live_status import LiveStatus
from inspector.views.observed_view import ObservedView
from tests.inspector.views.silent import Silent


def test_a_view_is_told_all_and_its_answers_are_passed_on() -> None:
    silent, item = Silent(), cast("Any", None)
    view, status = ObservedView(silent), LiveStatus(0, 0, None, [])
    view.show(item)
    view.show_waiting(item, 1)
    assert not view.notice("words")
    assert view.tick(lambda: status)
    silent.goes_on = False
    assert not view.tick(lambda: status)
    view.finish(status, Report(), ())
    view.close()

    assert silent.seen == ["show", "show_waiting", "notice", "finish", "close"]
