from __future__ import annotations

from difflib import SequenceMatcher, get_close_matches
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.findings.likeness import LONGEST, Likeness

_names = st.text(alphabet="abc.", min_size=1, max_size=8)


@given(_names, st.lists(_names, unique=True, max_size=12), st.integers(0, 12))
def test_the_closest_is_that_of_difflib_however_the_names_come(
    name: str, names: list[str], first: int
) -> None:
    like = Likeness()
    like.closest("service", name, names[:first])

    expected = get_close_matches(name, names, n=1)
    assert like.closest("service", name, names) == "".join(expected)


def test_names_of_another_service_do_not_matter() -> None:
    like = Likeness()

    assert like.closest("a", "user.find", ["users.find"]) == "users.find"
    assert like.closest("b", "user.find", ["user.find2"]) == "user.find2"
    assert like.closest("a", "user.find", ["users.find"]) == "users.find"


def test_a_name_is_compared_with_each_other_once() -> None:
    like, names = Likeness(), [f"users.find{number}" for number in range(9)]
    with patch.object(SequenceMatcher, "set_seq1") as compared:
        compared.side_effect = AssertionError
        with pytest.raises(AssertionError):
            like.closest("service", "users", names)
    like.closest("service", "user.find", names)
    with patch.object(SequenceMatcher, "set_seq1") as compared:
        assert like.closest("service", "user.find", names) != ""

    assert not compared.called


def test_methods_of_one_service_are_not_alike_for_its_name() -> None:
    names = ["/calc.Calculator/Fail", "/calc.Calculator/Sum"]

    for name, meant in (
        ("/calc.Calculator/Missing", ""),
        ("/calc.Calculator/Sums", "/calc.Calculator/Sum"),
        ("/calc.Calculater/Sum", "/calc.Calculator/Sum"),
        ("/calc.Calculater/Missing", ""),
        ("/mail.Mailer/Send", ""),
    ):
        assert Likeness().closest("service", name, names) == meant


def test_long_names_are_not_compared() -> None:
    long = "x" * (LONGEST + 1)

    assert Likeness().closest("service", long, [long[1:]]) == ""
    assert Likeness().closest("service", long[1:], [long]) == ""
    assert Likeness().closest("service", long[1:], [long[1:]]) == long[1:]


def test_only_so_many_names_are_looked_for() -> None:
    like = Likeness(most_names=2)
    found = [like.closest("service", name, ["abcd"]) for name in ("abc", "bcd", "abd")]

    assert found == ["abcd", "abcd", ""]


def test_only_so_much_is_compared() -> None:
    like = Likeness(most_work=30)

    assert like.closest("service", "abcd", ["abce", "abcf", "abcg"]) == "abcg"
    assert like.closest("service", "abcd", ["abce", "abcf", "abcg", "abcd"]) == "abcg"
    assert like.closest("service", "abce", ["abce"]) == ""


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("sum", '{"cmd":"sum"}'),
        ('{"cmd":"sum"}', "sum"),
        ('{"cmd":"a"}', '{"role":"a"}'),
    ],
)
def test_an_object_is_as_like_as_its_values(name: str, known: str) -> None:
    assert Likeness().closest("service", name, [known, "other"]) == known


@pytest.mark.parametrize("name", ["{", "{}", "{1}", '{"a":{"b":1}}', '{"a":1e999}'])
def test_what_only_looks_like_an_object_is_compared_as_it_is(name: str) -> None:
    assert Likeness().closest("service", name, [name]) == name
