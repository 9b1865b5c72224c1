from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from inspector.browser import session as module
from inspector.browser.session import CaptureSession, Session
from inspector.browser.store import NOTED, Store
from inspector.calls.exchanges import Exchange
from inspector.errors import UnreadableCaptureError
from inspector.library.given import Captures
from inspector.library.passes import Pass
from inspector.pipeline import Options
from tests.inspector.browser.piloted import CASES, SLOW, session_of

if TYPE_CHECKING:
    from pathlib import Path


def test_a_capture_is_read_beside_with_what_was_found() -> None:
    session = session_of(SLOW)

    assert session.done
    assert session.fraction == 1
    assert session.report is not None
    assert session.first_ns == session.report.first_ns
    assert session.carriers == {"tcp"}
    slowest = session.store.exchange(422)
    assert slowest is not None
    assert [each.code for each in session.findings(slowest)] == ["slow-call"]
    assert session.store.marked(422, NOTED)
    failed = session.store.exchange(
        next(n for n in session.store.order("number") if session.store.marked(n, 1))
    )
    assert failed is not None
    codes = [each.code for each in session.findings(failed)]
    assert {"masked-error", "credentials"} <= set(codes)
    session.stop()


def test_what_is_chosen_is_kept_alone_and_reading_can_be_stopped() -> None:
    chosen = Options(where=lambda each: each.number == 7)
    session = session_of(SLOW, chosen)
    assert list(session.store.order("number")) == [7]
    session.stop()


def test_the_latest_findings_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_FINDINGS", 3)
    read = Pass(Captures([str(SLOW)]), Options())
    items = list(read.items())
    found = [each for each in items if not isinstance(each, Exchange)]
    whole, session = Session("all", Store()), Session("a source", Store())
    for each in found:
        session.take(each)
    for each in found[-3:]:
        whole._note(each)  # noqa: SLF001 — which forgets none

    assert len(found) > 3
    assert session._findings == whole._findings  # noqa: SLF001 — what it knows
    assert session._general == whole._general  # noqa: SLF001 — the same
    for exchange in items:
        if isinstance(exchange, Exchange):
            assert session.findings(exchange) == whole.findings(exchange)
    session.store.close()
    whole.store.close()


def test_what_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    missing = tmp_path / "none.pcap"
    session = session_of(missing)

    (problem,) = session.problems
    assert isinstance(problem, UnreadableCaptureError)
    session.stop()


def test_what_ends_the_reading_is_raised_where_one_waits() -> None:
    def fail(_: object) -> bool:
        raise ZeroDivisionError

    session = CaptureSession([str(CASES / "misc-v12.pcap")], Options(where=fail), "x")
    session.start()
    with pytest.raises(ZeroDivisionError):
        session.wait()
