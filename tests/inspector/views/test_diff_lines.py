from __future__ import annotations

from inspector.views.diff_lines import diff_lines
from protocol import loads
from tests.inspector.comparing.compared import Call
from tests.inspector.views.test_diff_words import compared


def test_a_line_for_each_pattern_and_the_totals() -> None:
    found = compared(
        [Call("a", reply={"k": 1}), Call("b")], [Call("a", reply={}), Call("c")]
    )
    a, c, b, totals = (loads(line) for line in diff_lines(found))

    assert [each["in"] for each in (a, c, b)] == ["both", "new", "gone"]
    assert (a["route"], a["breaking"], a["before"], a["after"]) == ("a", True, 1, 1)
    assert a["changes"] == [
        {
            "path": "reply.k",
            "change": "is gone",
            "grade": "breaking",
            "before": 1,
            "of_before": 1,
            "after": 0,
            "of_after": 1,
        }
    ]
    assert {each["verdict"] for each in a["measures"]} == {"too_few"}
    assert (c["before"], c["after"], b["before"], b["after"]) == (0, 1, 1, 0)
    assert (totals["type"], totals["breaking"], totals["differing"]) == ("diff", 1, 3)
