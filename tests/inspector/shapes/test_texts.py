from __future__ import annotations

import pytest

from inspector.shapes.texts import LONGEST, MOST_VALUES, Texts, has_format, masked


def _seen(*texts: str, secret: bool = False) -> Texts:
    found = Texts()
    for text in texts:
        found.add(text, secret=secret)
    return found


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("2026-11-30T02:12:00.000Z", "date-time"),
        ("2026-11-30T02:12:00+01:00", "date-time"),
        ("2026-11-30", "date"),
        ("23:59:60", "time"),
        ("3fa85f64-5717-4562-b3fc-2c963f66afa6", "uuid"),
        ("ann@example.org", "email"),
        ("https://example.org/a?b=c", "uri"),
        ("10.0.0.255", "ipv4"),
        ("507f1f77bcf86cd799439011", "object-id"),
        ("9007199254740993", "digits"),
    ],
)
def test_a_format_is_recognised(text: str, name: str) -> None:
    assert _seen(text, text).format == name
    assert has_format(text, name)
    assert not has_format(f"{text} ", name)


@pytest.mark.parametrize(
    "text",
    [
        "2026-13-01",
        "24:00:00",
        "10.0.0.256",
        "a@b",
        "01",
        "x://",
        "求和",
        "",
        "2026-11-30T02:12",
    ],
)
def test_what_looks_like_one_is_none(text: str) -> None:
    assert _seen(text).format is None


def test_one_string_of_another_form_ends_a_format() -> None:
    assert _seen("2026-11-30", "2026-11-30T02:12:00Z").format is None


def test_a_format_that_nobody_knows_is_that_of_any_string() -> None:
    assert has_format("x", "hostname")


def test_distinct_strings_are_kept_up_to_a_bound() -> None:
    few = [f"v{number}" for number in range(MOST_VALUES)]

    assert _seen(*few, *few).values == dict.fromkeys(few, 2)
    assert _seen(*few, "one more").values is None
    assert _seen("x" * (LONGEST + 1)).values is None


def test_nothing_is_kept_of_a_secret() -> None:
    assert _seen("hunter2", secret=True) == Texts(1, 0, None, "")
    assert _seen("Bearer abcdefABCDEF0123456789").values is None


def test_a_string_that_is_a_secret_elsewhere_is_kept_in_neither_order() -> None:
    plain, secret = _seen("abc", "abc"), _seen("abc", secret=True)
    one, other = _seen("abc"), _seen("abc", secret=True)
    one.add("abc", secret=True)
    other.add("abc")
    plain.merge(secret)

    assert one == other
    assert one.values is plain.values is None


def test_an_example_has_the_form_of_the_shortest_and_not_its_content() -> None:
    assert _seen("Bus 4200 é", "Bus 42", "", "Car 17").example == "Xxx 00"
    assert masked("Ünïcode-7") == "xxxxxxx-0"
