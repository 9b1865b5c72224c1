from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from servers.errors import UsageError
from servers.recorded.json_paths import JsonPaths, spelled_place

if TYPE_CHECKING:
    from servers.recorded.json_paths import Place


@pytest.mark.parametrize(
    ("path", "named", "others"),
    [
        ("$", [()], []),
        ("$.ts", [("ts",)], [("a", "ts"), ("t",)]),
        ("$['a b'].c", [("a b", "c")], [("a b",)]),
        ('$["a.b"]', [("a.b",)], [("a", "b")]),
        ("$[0]", [(0,)], [("0",), (1,)]),
        (
            "$.items[*].id",
            [("items", 0, "id"), ("items", "x", "id")],
            [("items", "id")],
        ),
        ("$.*", [("a",), (3,)], [(), ("a", "b")]),
        ("$..ts", [("ts",), ("a", 0, "ts")], [("a", "tss")]),
        ("$..a.b", [("a", "b"), ("a", "a", "b")], [("a", "c", "b")]),
        ("$..['x']", [("a", "x")], [()]),
        ("$.größe", [("größe",)], []),
    ],
)
def test_a_path_names_what_the_rfc_says(
    path: str, named: list[Place], others: list[Place]
) -> None:
    paths = JsonPaths([path, "$.elsewhere.only"])

    def is_named(place: Place) -> bool:
        states = paths.start()
        for key in place:
            states = paths.into(states, key)
        return paths.names(states)

    assert all(map(is_named, named))
    assert not any(map(is_named, others))


@pytest.mark.parametrize(
    "path",
    [
        *("ts", "", ".ts", "$ts", "$.", "$..", "$...a", "$.[0]", "$[-1]", "$[1:2]"),
        *("$[01]", "$[?@.a]", "$['a','b']", "$.a b", "$[", "$['a", "$.a*"),
    ],
)
def test_what_is_not_such_a_path_is_refused_with_an_example(path: str) -> None:
    with pytest.raises(UsageError, match=r"\$\.ts"):
        JsonPaths([path])


def test_places_are_paths_besides_and_are_spelled_as_such() -> None:
    paths = JsonPaths(["$.a"]).with_places([("b", 0)])
    states = paths.into(paths.into(paths.start(), "b"), 0)

    assert paths.names(states)
    assert not JsonPaths()
    assert spelled_place(("items", 0, "a key")) == "$.items[0]['a key']"
