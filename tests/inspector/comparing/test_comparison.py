from __future__ import annotations

from inspector.comparing.comparison import Comparison, compare
from inspector.contracts.gathering import Key
from tests.inspector.comparing import shop
from tests.inspector.comparing.compared import Call, side_of
from tests.inspector.conversation import MILLISECOND


def test_the_captures_of_the_guide_are_those_of_the_shop() -> None:
    for name, data in shop.captures().items():
        assert (shop.FOLDER / name).read_bytes() == data


def _compared(before: list[Call], after: list[Call]) -> Comparison:
    return compare(side_of(before, "before"), side_of(after, "after"))


def _calls(pattern: str, *times_ms: float) -> list[Call]:
    return [Call(pattern, time_ns=round(each * MILLISECOND)) for each in times_ms]


def test_the_same_twice_does_not_differ() -> None:
    calls = _calls("a", *range(1, 40)) + _calls("b", 1, 2)
    found = _compared(calls, calls)

    assert (found.differing, found.new, found.gone) == (0, [], [])
    assert [each.differs for each in found.both] == [False, False]
    assert [each.few for each in found.both if each.key.route == "b"] == [True]


def test_patterns_come_and_go() -> None:
    found = _compared(_calls("a", 1) + _calls("b", 1), _calls("b", 1) + _calls("c", 1))

    assert found.new == [Key("c", "message")]
    assert found.gone == [Key("a", "message")]
    assert [each.key.route for each in found.both] == ["b"]
    assert found.differing == 2


def test_what_breaks_comes_first_then_what_fails_then_what_is_slower() -> None:
    slow, slower = _calls("slow", *[2.0] * 30), _calls("slow", *[9.0] * 30)
    fine, failing = [Call("fail")] * 40, [Call("fail", reply=ValueError("no"))] * 40
    other, broken = [Call("broken", reply={"a": 1})], [Call("broken", reply={})]
    same = _calls("same", 1, 1)
    found = _compared(same + slow + fine + other, same + slower + failing + broken)

    assert [each.key.route for each in found.both] == ["broken", "fail", "slow", "same"]
    assert (found.breaking, found.failing, found.slower, found.faster) == (1, 1, 1, 0)
    assert found.both[1].new_errors == {"no": 40}
    back = _compared(slower + failing, slow + fine)
    assert (back.faster, back.both[0].fails_less or back.both[1].fails_less) == (
        1,
        True,
    )


def test_findings_of_one_side_are_named() -> None:
    fine, thrown = (
        [Call()] * 3,
        [Call(reply=ValueError({"message": "x", "status": "error"}))],
    )
    found = _compared(fine, fine + thrown)

    assert found.new_findings
    assert found.gone_findings == []


def test_many_patterns_are_judged_together() -> None:
    """One of many patterns that differs a little is what chance does."""
    before = [
        call
        for n in range(40)
        for call in _calls(f"p{n}", *[2 + k / 9 for k in range(9)])
    ]
    one = _calls("p0", *[2.9 + k / 6 for k in range(9)])
    after = one + before[9:]

    assert _compared(before, after).slower == 0
    assert _compared(before[:9], one).slower == 1
