from __future__ import annotations

from inspector.browser.comparing import compared, differences
from protocol import UNDEFINED
from tests.inspector.browser.piloted import SLOW, exchanges_of


def test_each_difference_has_its_path() -> None:
    left = {"a": 1, "b": [1, 2], "c": {"d": "x"}, "same": True}
    right = {"a": 1.0, "b": [1, 3, 4], "c": {"e e": None}, "same": True}

    found = [tuple(each) for each in differences(left, right)]

    assert found == [
        ("b[1]", 2, 3),
        ("b[2]", UNDEFINED, 4),
        ("c.d", "x", UNDEFINED),
        ('c."e e"', UNDEFINED, None),
    ]
    assert list(differences(left, left)) == []
    deep: list[object] = []
    for _ in range(2_000):
        deep = [deep]
    assert len(list(differences(deep, 1))) == 1


def test_two_exchanges_side_by_side() -> None:
    known = {each.number: each for each in exchanges_of(SLOW)}

    lines = [line.plain for line in compared(known[422], known[434], 60)]

    assert lines[0] == "#422 and #434   17 of their values differ"
    assert "data.userId           - 421" in lines
    assert "                      + 433" in lines
    assert all(len(line) <= 60 for line in lines)
    same = compared(known[422], known[422], 60)
    assert same[-1].plain == "Payloads and outcome are the same."
