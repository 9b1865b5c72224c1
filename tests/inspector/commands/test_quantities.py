from __future__ import annotations

import click
import pytest

from inspector.commands.quantities import DURATION, NUMBER, SIZE

_MS = 1_000_000


@pytest.mark.parametrize(
    ("text", "nanoseconds"),
    [
        ("30s", 30_000 * _MS),
        ("500ms", 500 * _MS),
        ("1.5 s", 1_500 * _MS),
        ("5min", 300_000 * _MS),
        ("2h", 7_200_000 * _MS),
        ("10us", 10_000),
        ("10µs", 10_000),
        ("7ns", 7),
    ],
)
def test_a_duration_is_nanoseconds(text: str, nanoseconds: int) -> None:
    assert DURATION.convert(text, None, None) == nanoseconds


@pytest.mark.parametrize(
    ("text", "size"),
    [("1B", 1), ("2kB", 2_000), ("1.5MB", 1_500_000), ("3GB", 3_000_000_000)],
)
def test_a_size_is_bytes(text: str, size: int) -> None:
    assert SIZE.convert(text, None, None) == size


@pytest.mark.parametrize(
    "text", ["", "30", "s", "-1s", "0s", "0.0000001ns", "3MB", "1 s 2", "1e3s", "nan s"]
)
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter):
        DURATION.convert(text, None, None)


def test_a_size_is_no_duration() -> None:
    with pytest.raises(click.BadParameter, match="is not a size: give a number and"):
        SIZE.convert("3s", None, None)


def test_a_default_that_is_a_number_stays_one() -> None:
    assert DURATION.convert(5, None, None) == 5


@pytest.mark.parametrize("text", ["five", "0", "-1", "1.5"])
def test_a_number_is_whole_and_above_0(text: str) -> None:
    assert NUMBER("5") == 5

    with pytest.raises(click.BadParameter) as caught:
        NUMBER(text)
    assert "range" not in caught.value.message or text in {"0", "-1"}
