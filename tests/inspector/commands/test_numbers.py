"""A number after the captures, and a capture that is called by a number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import pytest

from inspector.commands.numbers import parted

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("given", "captures", "number"),
    [
        (("a", "3"), ("a",), 3),
        (("a", "#422"), ("a",), 422),
        (("a", "b", "007"), ("a", "b"), 7),
        (("a",), ("a",), None),
        (("3",), ("3",), None),
        (("a", "b"), ("a", "b"), None),
        (("a", "#"), ("a", "#"), None),
        (("a", "-3"), ("a", "-3"), None),
        (("a", "³"), ("a", "³"), None),
    ],
)
def test_a_number_stands_after_the_captures(
    given: tuple[str, ...], captures: tuple[str, ...], number: int | None
) -> None:
    assert parted(given) == (captures, number)


def test_a_file_of_this_name_is_a_capture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "3").touch()
    monkeypatch.chdir(tmp_path)

    assert parted(("a", "3")) == (("a", "3"), None)
    assert parted(("a", "#3")) == (("a",), 3)


def test_of_two_numbers_none_is_meant() -> None:
    with pytest.raises(click.UsageError, match="one number at a time: 12 or #13"):
        parted(("a", "12", "#13"))
