from __future__ import annotations

from inspector.views.live_status import LiveStatus


def test_a_standing_is_what_a_view_draws_beside_what_was_found() -> None:
    status = LiveStatus(now_ns=2, running_ns=1, dropped=None, waiting=[])

    assert status._fields == ("now_ns", "running_ns", "dropped", "waiting", "report")
    assert status.dropped is None
