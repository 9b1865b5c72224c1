"""The page of a run has the figures of its report, and how the run goes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from inspector.page.page_limits import PageLimits
from inspector.pipeline import Options, Pipeline
from inspector.views.jsonlines import summary_line
from inspector.views.live_status import LiveStatus
from inspector.web.live_page import LivePage
from protocol import encode_frame
from tests.inspector.conversation import SERVER, Wire
from tests.inspector.page.pages import calls

if TYPE_CHECKING:
    from inspector.figures.report import Report
    from inspector.page.tables import Json

_FEW = PageLimits(exchanges=4, payloads=2, packets=0)


def _inspected(wire: Wire, page: LivePage) -> Report:
    pipeline = Pipeline(Options())
    for item in pipeline.inspect(iter(wire.records)):
        page.add(item)
    return pipeline.report()


def _state(page: LivePage, report: Report, *, ended: bool = False) -> Json:
    return page.state(LiveStatus(0, 5_000_000, 3, []), report, ended=ended)


def test_a_state_has_what_the_report_says_and_how_the_run_goes() -> None:
    wire, page = Wire(), LivePage("protocol-inspect live --web", redacted=True)
    talk = wire.connect()
    talk.ask("sum", "a", [1, 2]).answer("a", 3)
    failure = b'{"err":"it","isDisposed":true,"id":"b"}'
    talk.ask("fail", "b").send(SERVER, encode_frame(failure))
    report = _inspected(wire, page.named("lo\u001b"))
    page.notice("the target left\u001b")
    state = _state(page, report, ended=True)

    assert state["summary"] == json.loads(summary_line(report))
    assert {each["n"] for each in state["exchanges"]} == {1, 2}
    assert set(state["details"]) == {1, 2}
    assert state["packets_seen"] == len(wire.records)
    assert state["capture"]["name"] == "lo\\u001b"
    assert state["title"].endswith(" · lo\\u001b")
    assert state["command"] == "protocol-inspect live --web"
    assert state["redacted"]
    live = state["live"]
    assert live["notice"] == "the target left\\u001b"
    assert (live["waiting"], live["dropped"], live["ended"]) == (0, 3, True)
    assert live["began_ms"] == _state(page, report)["live"]["began_ms"]
    assert state["findings"]["shown"]
    assert not any(each["see"] for each in state["findings"]["shown"])


def test_patterns_keep_their_places_whatever_is_worst() -> None:
    wire, page = Wire(), LivePage("", redacted=False, limits=_FEW)
    talk = wire.connect()
    talk.ask("first", "a").answer("a", 1)
    report = _inspected(wire, page)
    before = _state(page, report)["exchanges"][0]
    for number in range(20):
        talk.ask(f"p{number}", number)
        talk.answer(number, number)
    page = LivePage("", redacted=False, limits=_FEW)
    pipeline = Pipeline(Options())
    kept: dict[int, str] = {}
    for item in pipeline.inspect(iter(wire.records)):
        page.add(item)
        state = _state(page, pipeline.report())
        assert len(state["exchanges"]) <= 4
        for row in state["exchanges"]:
            name = state["names"][row["pattern"]][1]
            assert kept.setdefault(row["n"], name) == name
    assert len(kept) == 21
    assert kept[before["n"]] == "first"


def test_large_calls_that_fail_alike_are_on_the_page_with_what_they_share() -> None:
    page, failing = LivePage("", redacted=False), range(1, 60, 6)
    report = _inspected(calls(60, failing=failing, data="x" * 4000), page)

    rows = _state(page, report)["exchanges"]

    assert {each["n"] for each in rows if "findings" in each} == set(failing)
