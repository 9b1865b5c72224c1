"""What the port answers at which path."""

from __future__ import annotations

from inspector.web.board import Board
from tests.inspector.web.viewers import PAGE, asked, port


def test_a_path_has_the_page_or_its_events_and_no_other_anything() -> None:
    with port(Board()) as where:
        page, head = asked(where, "/"), asked(where, "/", "HEAD")
        others = [asked(where, path) for path in ("/x", "//", "/events/", "/../etc")]
        written = [asked(where, path, "POST") for path in ("/", "/events")]

    assert (page.status, page.text) == (200, PAGE)
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "server" not in page.headers
    assert (head.status, head.text) == (200, "")
    assert [each.status for each in others] == [404] * 4
    assert [each.status for each in written] == [405] * 2
