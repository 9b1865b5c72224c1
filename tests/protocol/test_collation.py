"""Keys sort as Node's localeCompare sorts them."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.collation import collation_key
from tests.protocol.node import ask

_ASCII = [chr(code) for code in range(128)]
_LATIN_1 = [chr(code) for code in range(256)]
_WORDS = ["cmd", "Cmd", "CMD", "command", "cmd2", "cmd10", "cmd_2", "cmd-2", "cmd 2"]
_SORT = "keys => keys.sort((a, b) => a.localeCompare(b))"
_SAME = "([a, b]) => Math.sign(a.localeCompare(b))"


def test_the_known_order() -> None:
    keys = ["é", "B", "A", "a", "9", "10", "_"]

    assert sorted(keys, key=collation_key) == ["_", "10", "9", "a", "A", "B", "é"]


@pytest.mark.parametrize(
    "keys", [_ASCII, [*_WORDS, *"aAbB019_-"], ["", "a", "\0", "\0a"]]
)
def test_ascii_is_sorted_as_node_sorts_it(keys: list[str]) -> None:
    assert [sorted(keys, key=collation_key)] == ask(_SORT, [keys])


@pytest.mark.parametrize(
    "alphabet", [_ASCII, "aAbB01_-. ", _LATIN_1], ids=["ascii", "few", "latin-1"]
)
def test_any_two_keys_are_compared_as_node_compares_them(
    alphabet: str | list[str],
) -> None:
    pairs: list[tuple[str, str]] = []
    short = st.text(st.sampled_from(alphabet), max_size=6)

    @given(short, short)
    def collect(one: str, other: str) -> None:
        pairs.append((one, other))

    collect()
    assert len(pairs) >= 100
    assert [_compare(one, other) for one, other in pairs] == ask(_SAME, pairs)


def _compare(one: str, other: str) -> int:
    left, right = collation_key(one), collation_key(other)
    return (left > right) - (left < right)


def test_latin_1_is_sorted_as_node_sorts_it() -> None:
    # Twice each, before and after a letter, so that accents meet others.
    keys = [
        *_LATIN_1,
        *(f"a{one}" for one in _LATIN_1),
        *(f"{one}a" for one in _LATIN_1),
    ]

    assert [sorted(keys, key=collation_key)] == ask(_SORT, [keys])


def test_an_accent_counts_behind_all_letters_and_before_case() -> None:
    ordered = ["role", "Role", "rôle", "Rôle", "roles"]

    mixed = ["Rôle", "roles", "Role", "role", "rôle"]

    assert sorted(mixed, key=collation_key) == ordered
    assert ask(_SORT, [mixed]) == [ordered]


def test_an_accent_without_a_letter_stands_alone() -> None:
    for one, other in pairwise(["\u0301", "a", "a\u0301", "a\u0301\u0301", "b"]):
        assert collation_key(one) < collation_key(other)


@given(st.text(), st.text(), st.text())
def test_the_order_is_total(one: str, other: str, third: str) -> None:
    first, second, last = sorted([one, other, third], key=collation_key)

    assert collation_key(first) <= collation_key(second) <= collation_key(last)
    assert collation_key(first) <= collation_key(last)
