from __future__ import annotations

from inspector.fleet.joined import Joined


def test_what_is_joined_by_way_of_others_is_one_set() -> None:
    joined: Joined[str] = Joined()
    for one, other in ("ab", "cd", "bc", "xy", "ac", "zz"):
        joined.join(one, other)

    assert [sorted(each) for each in joined.groups()] == [
        ["a", "b", "c", "d"],
        ["x", "y"],
        ["z"],
    ]
    assert joined.root("d") == joined.root("a") != joined.root("x")
    assert joined.root("alone") == "alone"


def test_a_long_row_is_no_deep_one() -> None:
    joined: Joined[int] = Joined()
    for number in range(100_000, 0, -1):
        joined.join(number - 1, number)

    assert joined.root(100_000) == joined.root(0)
    assert len(joined.groups()) == 1
