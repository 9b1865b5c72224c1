from __future__ import annotations

import pytest

from inspector.carriers.nats.subjects import (
    covers,
    has_wildcard,
    is_inbox,
    looks_random,
    subject_of,
    system_of,
)

_NUID = "3QB9lIOY8FFETLhYWNGUnj"


@pytest.mark.parametrize(
    ("subject", "inbox"),
    [
        (f"_INBOX.{_NUID}", True),
        (f"_INBOX.{_NUID}.7", True),
        (f"_INBOX.{_NUID}.*", False),
        (f"mine.{_NUID}", True),
        (_NUID, False),
        (f"mine.{_NUID}x", False),
        ("orders.getCustomerInformation", False),
        ("orders.0123456789012345678901", False),
        ("sum", False),
        ("_INBOX.>", False),
    ],
)
def test_an_inbox_is_known_by_its_name(subject: str, inbox: bool) -> None:  # noqa: FBT001
    assert is_inbox(subject) is inbox


def test_a_word_of_22_letters_is_not_random() -> None:
    assert not looks_random("a.getCustomerInformation")
    assert looks_random("a." + _NUID)


@pytest.mark.parametrize(
    ("subject", "wild"),
    [("a.*", True), ("*", True), ("a.>", True), ("a*b", False), ('{"a":">"}', False)],
)
def test_a_wildcard_is_a_token_of_its_own(subject: str, wild: bool) -> None:  # noqa: FBT001
    assert has_wildcard(subject) is wild


@pytest.mark.parametrize(
    ("subject", "system"),
    [
        ("$JS.API.INFO", "JetStream"),
        ("$JS.ACK.S.C.1.2.3.4.0", "JetStream"),
        ("$KV.b.k", "JetStream"),
        ("$O.b.C.x", "JetStream"),
        ("$SYS.REQ.SERVER.PING", "system"),
        ("$price", ""),
        ("sum", ""),
    ],
)
def test_some_subjects_are_not_an_applications(subject: str, system: str) -> None:
    assert system_of(subject) == system


def test_no_two_words_become_the_same_subject() -> None:
    words = [b"\xff", b"\xfe", "求".encode(), rb"\xff"[:2]]

    assert len({subject_of(word) for word in words}) == len(words)


@pytest.mark.parametrize(
    ("pattern", "subject", "covered"),
    [
        ("sum", "sum", True),
        ("sum", "sums", False),
        ("*", "sum", True),
        ("*", "a.b", False),
        (">", "a.b", True),
        ("a.>", "a", False),
        ("a.>", "a.b.c", True),
        ("a.*.c", "a.b.c", True),
        ("a.*.c", "a.b.d", False),
        ("a.*", "a.b.c", False),
    ],
)
def test_wildcards_cover_subjects(pattern: str, subject: str, covered: bool) -> None:  # noqa: FBT001
    assert covers(pattern, subject) is covered
