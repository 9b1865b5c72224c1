"""Changes applied one after the other give the later whole."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from inspector.web.increments import Increments

_rows = st.dictionaries(st.integers(0, 9), st.integers(0, 3), max_size=6).map(
    lambda rows: [{"number": number, "x": x} for number, x in rows.items()]
)
_states = st.lists(
    st.fixed_dictionaries(
        {"a": st.integers(0, 2), "b": st.sampled_from(["", "<é>"])},
        optional={"rows": _rows, "others": _rows},
    ),
    min_size=1,
    max_size=6,
)


def applied(state: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    """Return what a viewer makes of a state and a change, as the script does."""
    state = {**state, **change["set"]}
    for name, moves in change["rows"].items():
        rows = {row["number"]: row for row in state[name]}
        for number in moves["drop"]:
            del rows[number]
        rows |= {row["number"]: row for row in moves["put"]}
        state[name] = sorted(rows.values(), key=lambda row: row["number"])
    return state


@given(_states)
def test_changes_make_of_a_whole_the_next(states: list[dict[str, Any]]) -> None:
    increments = Increments(["rows", "others"])
    seen = None
    for state in states:
        whole, change = increments.spell(state)
        now = json.loads(whole)
        for name in ("rows", "others"):
            rows = sorted(state.get(name, []), key=lambda row: row["number"])
            assert now[name] == rows
        assert (now["a"], now["b"]) == (state["a"], state["b"])
        if seen is not None:
            assert (change is None) == (seen == now)
            if change is not None:
                assert applied(seen, json.loads(change)) == now
        seen = now


def test_a_change_has_only_what_is_new() -> None:
    increments = Increments(["rows"])
    rows = [{"number": 2, "x": 1}, {"number": 1, "x": 1}]
    increments.spell({"a": 1, "b": 2, "rows": rows})
    _, change = increments.spell({"a": 1, "b": 3, "rows": [rows[0], {"number": 3}]})

    assert change is not None
    assert json.loads(change) == {
        "set": {"b": 3},
        "rows": {"rows": {"put": [{"number": 3}], "drop": [1]}},
    }
