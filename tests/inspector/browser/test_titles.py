from __future__ import annotations

from inspector.browser.session import Session
from inspector.browser.store import Store
from inspector.browser.titles import VIEWS, problem_line, title_of, view_names
from inspector.errors import UnreadableCaptureError
from tests.inspector.browser.piloted import SLOW, session_of


def test_the_first_lines_say_both_verdicts() -> None:
    session = session_of(SLOW)

    title, beside = title_of(session)

    assert title.plain == (
        "slow.pcap.gz  ✗ 12 of 600 calls failed, and 1 took 3.22 s.  "
        "✓ Every message call took 2 packets."
    )
    assert beside.plain == "12 connections"
    assert dict(view_names(session))["Findings"] == "4"
    assert problem_line(session) is None
    session.stop()


def test_while_it_is_read_and_when_it_cannot_be() -> None:
    session = Session("a\x1bb.pcap", Store())

    assert title_of(session)[0].plain == "a\\u001bb.pcap  0 exchanges so far"
    assert view_names(session) == [(name, "") for name in VIEWS]
    session.notice = "it broke"
    line = problem_line(session)
    assert line is not None
    assert line.plain == "it broke"
    session.problems = [UnreadableCaptureError("x", "is no capture")]
    line = problem_line(session)
    assert line is not None
    assert line.plain == "x: is no capture"
    session.heading = title_of(session)
    assert title_of(session) is session.heading
