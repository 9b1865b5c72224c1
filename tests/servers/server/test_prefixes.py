from __future__ import annotations

from enum import Enum, StrEnum
from typing import TYPE_CHECKING

import pytest

from servers import PatternError
from servers.server.prefixes import joined, prefixed, require_prefix

if TYPE_CHECKING:
    from protocol import Json
    from servers.server.prefixes import Prefix


class _Area(StrEnum):
    ORDERS = "orders."


class _Odd(str, Enum):  # noqa: UP042 — which has another + than its text
    LIST = "list"

    def __add__(self, other: str) -> str:
        return f"odd{other}"


@pytest.mark.parametrize(
    ("prefix", "pattern", "found"),
    [
        (None, "list", "list"),
        (None, 7, 7),
        ("orders.", "list", "orders.list"),
        ("", "list", "list"),
        (_Area.ORDERS, _Odd.LIST, "orders.list"),
        ({"service": "orders"}, {"cmd": "list"}, {"service": "orders", "cmd": "list"}),
        ({"a": 1}, {"a": 1, "b": 2}, {"a": 1, "b": 2}),
        ("v1.", ["a", "b"], ["v1.a", "v1.b"]),
        ({"v": 1}, ({"a": 1}, {"b": 2}), [{"v": 1, "a": 1}, {"v": 1, "b": 2}]),
    ],
)
def test_a_pattern_gets_a_prefix_of_its_own_kind(
    prefix: Prefix | None, pattern: Json, found: Json
) -> None:
    assert prefixed(prefix, pattern) == found


@pytest.mark.parametrize(
    ("prefix", "pattern", "why"),
    [
        ("v1.", {"cmd": "list"}, "a string goes before strings"),
        ({"v": 1}, "list", "an object goes into objects"),
        ("v1.", 7, "does not fit"),
        ({"v": 1}, 7, "does not fit"),
        ("v1.", ["a", {"b": 1}], "does not fit"),
        ({"v": 1}, {"v": 2}, "has another 'v' than the prefix"),
    ],
)
def test_what_does_not_fit_is_refused(prefix: Prefix, pattern: Json, why: str) -> None:
    with pytest.raises(PatternError, match=why):
        prefixed(prefix, pattern)


def test_prefixes_are_joined_from_the_outermost() -> None:
    assert joined(None, None) is None
    assert joined("v1.", None) == joined(None, "v1.") == "v1."
    assert joined("v1.", "orders.") == "v1.orders."
    assert joined({"v": 1}, {"w": 2}) == {"v": 1, "w": 2}
    with pytest.raises(PatternError, match=r"the prefix {'v': 1} does not fit"):
        joined("v1.", {"v": 1})


@pytest.mark.parametrize("prefix", [7, ["orders."], True, b"orders."])
def test_what_is_no_prefix_is_refused(prefix: object) -> None:
    require_prefix("orders.")
    require_prefix({"v": 1})
    require_prefix(None)
    with pytest.raises(PatternError, match="cannot be a prefix"):
        require_prefix(prefix)
