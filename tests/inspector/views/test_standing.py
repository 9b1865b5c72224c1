from __future__ import annotations

from inspector.views.standing import Standing


def test_a_standing_is_what_a_view_draws_beside_what_was_found() -> None:
    standing = Standing(now_ns=2, running_ns=1, dropped=None, waiting=[])

    assert standing._fields == ("now_ns", "running_ns", "dropped", "waiting")
    assert standing.dropped is None
