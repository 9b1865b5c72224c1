from __future__ import annotations

import json
from typing import Any

from inspector.calls.exchanges import Exchange
from inspector.calls.ordering import in_order
from inspector.pipeline import Pipeline
from inspector.views.fixture_lines import FixtureLines
from tests.inspector.conversation import MILLISECOND, SERVER, Wire, response
from tests.inspector.scenes import begun


def _lines(wire: Wire) -> tuple[FixtureLines, list[dict[str, Any]]]:
    lines = FixtureLines()
    items = in_order(Pipeline().inspect(wire.records))
    found = [each for each in items if isinstance(each, Exchange)]
    return lines, [json.loads(text) for each in found for text in lines.of(each)]


def test_an_answer_has_its_data_and_the_times_of_its_replies() -> None:
    wire, call = begun()
    call.ask({"cmd": "count"}, "1", [2])
    wire.wait(5 * MILLISECOND)
    call.send(SERVER, response("1", 1, last=False))
    wire.wait(3 * MILLISECOND)
    call.send(SERVER, response("1", 2))
    lines, (found,) = _lines(wire)

    first, last = found.pop("replies")
    assert found == {"type": "answer", "pattern": {"cmd": "count"}, "data": [2]}
    assert (first["response"], last["response"]) == (1, 2)
    assert "isDisposed" not in first
    assert last["isDisposed"] is True
    assert 5 <= first["after_ms"] < 8 <= last["after_ms"] < 9
    assert (lines.answers, lines.events, lines.left_out) == (1, 0, {})


def test_the_same_answer_again_is_left_out_and_another_is_not() -> None:
    wire, call = begun()
    for number, value in enumerate([5, 5, 6, 5]):
        call.ask("poll", str(number)).answer(str(number), value)
    lines, found = _lines(wire)

    assert [each["replies"][0]["response"] for each in found] == [5, 6, 5]
    assert lines.answers == 3


def test_what_the_capture_lacks_is_left_out_and_said() -> None:
    wire, call = begun()
    call.send(SERVER, response("0", 1))  # of a request before the capture
    call.ask(None, "2").answer("2")
    call.ask("late", "1")
    lines, found = _lines(wire)

    assert found == []
    assert lines.left_out == {
        "without their request, which the capture lacks": 1,
        "without a pattern": 1,
        "still in progress at the end of the capture": 1,
    }


def test_a_call_that_had_no_answer_has_none() -> None:
    wire, call = begun()
    call.ask("hang", "1")
    call.close()
    lines, (found,) = _lines(wire)

    assert found == {"type": "answer", "pattern": "hang", "replies": []}
    assert lines.unanswered == 1
