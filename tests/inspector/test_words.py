from __future__ import annotations

import pytest

from inspector.words import (
    article,
    clock,
    duration_range,
    listing,
    multiple,
    nouns,
    plural,
    sentence,
    size,
    times,
    verb,
    without_numbers,
)


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        (40_000_000, 70_000_000, "40.0 to 70.0 ms"),
        (40_000_000, 40_000_001, "40.0 ms"),
        (0, 70_000_000, "up to 70.0 ms"),
        (0, 0, "0 s"),
        (900_000, 1_200_000, "900 µs to 1.20 ms"),
        (80_000_000_000, 90_000_000_000, "1 min 20 s to 1 min 30 s"),
    ],
)
def test_a_range_names_a_shared_unit_once(first: int, last: int, text: str) -> None:
    assert duration_range(first, last) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 events"), (1, "1 event"), (2, "2 events"), (1_000, "1,000 events")],
)
def test_one_is_singular(count: int, text: str) -> None:
    assert plural(count, "event") == text
    assert plural(count, "reply").endswith("reply" if count == 1 else "replies")


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("packet", "packets"),
        ("reply", "replies"),
        ("key", "keys"),
        ("y", "ies"),
        ("address", "addresses"),
        ("box", "boxes"),
        ("match", "matches"),
        ("crash", "crashes"),
        ("graph", "graphs"),
    ],
)
def test_a_noun_has_its_plural(one: str, many: str) -> None:
    assert nouns(1, one) == one
    assert nouns(0, one) == nouns(2, one) == many


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("is", "are"),
        ("was", "were"),
        ("has", "have"),
        ("does", "do"),
        ("waits", "wait"),
        ("had", "had"),
    ],
)
def test_a_verb_agrees_with_its_subject(one: str, many: str) -> None:
    assert verb(1, one) == one
    assert verb(0, one) == verb(2, one) == many


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 times"), (1, "once"), (2, "2 times"), (1200, "1,200 times")],
)
def test_how_often_something_was(count: int, text: str) -> None:
    assert times(count) == text


@pytest.mark.parametrize(
    ("names", "more", "text"),
    [
        ([], "", ""),
        (["a"], "", "a"),
        (["a", "b"], "", "a and b"),
        (["a", "b", "c"], "", "a, b and c"),
        ([], "others", "others"),
        (["a"], "others", "a and others"),
        (["a", "b"], "3 more", "a, b and 3 more"),
    ],
)
def test_a_list_ends_in_and(names: list[str], more: str, text: str) -> None:
    assert listing(names, more) == text


@pytest.mark.parametrize(
    ("text", "begun"), [("", ""), ("not JSON", "Not JSON"), ("12 units", "12 units")]
)
def test_a_sentence_begins_with_a_capital_and_keeps_the_others(
    text: str, begun: str
) -> None:
    assert sentence(text) == begun


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"),
        (62, "62 B"),
        (999, "999 B"),
        (1_000, "1.00 kB"),
        (1_448, "1.45 kB"),
        (999_600, "1.00 MB"),
        (307_200_000, "307 MB"),
        (5_000_000_000_000_000, "5000 TB"),
    ],
)
def test_a_size_has_an_si_unit(count: int, text: str) -> None:
    assert size(count) == text


@pytest.mark.parametrize(
    ("word", "text"), [("event", "an event"), ("reply", "a reply")]
)
def test_a_word_has_the_article_of_its_sound(word: str, text: str) -> None:
    assert article(word) == text


def test_a_clock_has_milliseconds() -> None:
    assert clock(1_795_123_456_007_999_999) == "21:24:16.007"
    assert clock(0) == "00:00:00.000"


@pytest.mark.parametrize(
    ("ratio", "said"),
    [(1287.6, "1,288 times"), (10, "10 times"), (9.94, "9.9 times"), (5, "5.0 times")],
)
def test_how_often_one_fits_into_another(ratio: float, said: str) -> None:
    assert multiple(ratio) == said


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("no 7", "no …"),
        ("user 507f1f77bcf86cd799439011 not found.", "user … not found."),
        ("connect ECONNREFUSED 10.0.0.7:5432", "connect ECONNREFUSED …"),
        ("3f2a-11 and code:5", "… and code:…"),
        ("nothing", "nothing"),
        ("", ""),
    ],
)
def test_numbers_ids_and_addresses_are_left_out(text: str, bare: str) -> None:
    assert without_numbers(text) == bare
