"""The fields of expressions are completed, whatever stands before them."""

from __future__ import annotations

import click
import pytest

from inspector.commands.field_words import complete_field

_CONTEXT = click.Context(click.Command("exchanges"))
_OPTION = click.Option(["--where"])


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("outc", ["outcome"]),
        ('route == "sum" and lat', ["latency", "latency_ns"]),
        ("route,dura", ["duration", "duration_ns"]),
        ("(not shar", ["shared_packets"]),
        ("nothing_like_it", []),
        ("data.rou", []),
    ],
)
def test_the_last_word_is_completed(typed: str, expected: list[str]) -> None:
    before = typed.rstrip("abcdefghijklmnopqrstuvwxyz_")
    found = {item.value for item in complete_field(_CONTEXT, _OPTION, typed)}

    assert found == {before + each for each in expected}


def test_without_a_word_all_fields_stand_there() -> None:
    found = [item.value for item in complete_field(_CONTEXT, _OPTION, "")]

    assert {"route", "latency", "data", "metadata"} <= set(found)
