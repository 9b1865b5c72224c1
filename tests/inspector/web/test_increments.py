"""Changes applied one after the other give the later whole."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from inspector.web.increments import Increments

_rows = st.dictionaries(st.integers(0, 9), st.integers(0, 3), max_size=6).flatmap(
    lambda rows: st.permutations([{"n": n, "x": x} for n, x in rows.items()])
)
_states = st.lists(
    st.fixed_dictionaries(
        {
            "a": st.integers(0, 2),
            "b": st.sampled_from(["", "<é>", "\ud800"]),
            "rows": _rows,
            "members": st.dictionaries(st.integers(0, 5), st.integers(0, 2)),
        }
    ),
    min_size=1,
    max_size=6,
)


def applied(state: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    """Return what a viewer makes of a state and a change, as the script does."""
    state = {**state, **change.get("set", {})}
    for name, moves in change.get("rows", {}).items():
        known = {row[moves["key"]]: row for row in [*state[name], *moves["put"]]}
        state[name] = [known[key] for key in moves["order"]]
    for name, moves in change.get("members", {}).items():
        left = {**state[name], **moves["put"]}
        state[name] = {key: left[key] for key in left if key not in moves["drop"]}
    return state


@given(_states)
def test_changes_make_of_a_whole_the_next(states: list[dict[str, Any]]) -> None:
    increments = Increments({"rows": "n"}, ["members"])
    seen: dict[str, Any] | None = None
    for state in states:
        whole, change = increments.spell(state)
        now = json.loads(whole)
        members = {str(key): value for key, value in state["members"].items()}
        assert now == {**state, "members": members}
        if seen is not None:
            assert (change is None) == (seen == now)
            if change is not None:
                assert applied(seen, json.loads(change)) == now
        seen = now


def test_a_change_has_only_what_is_new() -> None:
    increments = Increments({"rows": "n"}, ["more"])
    first, second = {"n": 2, "x": 1}, {"n": 1, "x": 1}
    increments.spell({"a": 1, "b": 2, "rows": [first, second], "more": {1: "x"}})
    now = {"a": 1, "b": 3, "rows": [{"n": 3}, first], "more": {2: "y"}}
    _, change = increments.spell(now)

    assert change is not None
    assert json.loads(change) == {
        "set": {"b": 3},
        "rows": {"rows": {"key": "n", "put": [{"n": 3}], "order": [3, 2]}},
        "members": {"more": {"put": {"2": "y"}, "drop": ["1"]}},
    }
    assert increments.spell(now)[1] is None
