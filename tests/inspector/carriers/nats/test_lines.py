from __future__ import annotations

import pytest

from inspector.carriers.nats.lines import (
    REACH,
    first_operation,
    joined_blanks,
    layout_of,
    misfit,
    next_line,
    sizes_of,
    unfinished,
    words_of,
)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b"SUB sum 1\r\n", [b"SUB", b"sum", b"1"]),
        (b"sub \t sum  1 \n", [b"sub", b"sum", b"1"]),
        (b"SUB a\x0bb 1\r\n", [b"SUB", b"a\x0bb", b"1"]),
        (b"SUB a\x0cb 1\r\n", [b"SUB", b"a\x0cb", b"1"]),
        (b"\r\n", []),
    ],
)
def test_words_are_separated_by_blanks_and_tabs_alone(
    line: bytes, words: list[bytes]
) -> None:
    assert words_of(line) == words


@pytest.mark.parametrize(
    ("line", "verb"),
    [
        (b"PUB a 0\r\n", "PUB"),
        (b"pUb a 0\r\n", "PUB"),
        (b"PINGxx\r\n", "PING"),
        (b'CONNECT{"verbose":true}\r\n', "CONNECT"),
        (b"-ERR 'no'\r\n", "-ERR"),
        (b"PUBx a 0\r\n", None),
        (b" PUB a 0\r\n", None),
        (b"\r\n", None),
        (b"HELLO\r\n", None),
    ],
)
def test_a_line_begins_with_its_verb(line: bytes, verb: str | None) -> None:
    layout = layout_of(line, words_of(line))

    assert (layout and layout.verb) == verb


@pytest.mark.parametrize(
    ("data", "size"),
    [
        (b"PUB", 0),
        (b"PU", 0),
        (b"PUB ", 0),
        (b"PUBx", 4),
        (b"PX", 2),
        (b"\r\n", 1),
        (b"x", 1),
        (b"PINGx", 0),
    ],
)
def test_it_shows_after_few_bytes_that_no_line_begins(data: bytes, size: int) -> None:
    assert misfit(b"--" + data, 2) == size


@pytest.mark.parametrize(
    ("line", "sizes"),
    [
        (b"PUB a 5", (0, 5)),
        (b"PUB a inbox 5", (0, 5)),
        (b"PUB a b c 5", None),
        (b"PUB a", None),
        (b"PUB a x", None),
        (b"PUB a -1", None),
        (b"PUB a 9999999999", None),
        (b"HMSG a 1 12 14", (12, 14)),
        (b"HMSG a 1 14 12", None),
        (b"HMSG a 1 x 12", None),
        (b"SUB a q 1", (0, 0)),
        (b"SUB a q s 1", None),
        (b"UNSUB 1 2", (0, 0)),
        (b"RMSG $G bar + inbox q 2", (0, 2)),
    ],
)
def test_sizes_are_the_last_words(line: bytes, sizes: tuple[int, int] | None) -> None:
    words = line.split()
    layout = layout_of(line, words)

    assert layout is not None
    assert sizes_of(words, layout) == sizes


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (b"PUB a 2\r\nhi\r\n", 0),
        (b'"x"}\r\nMSG a 1 2\r\nhi\r\n', 6),
        (b"}\r\nUNSUB 1\r\n", 3),
        (b"}\nsub a 1\n", 2),
        (b"PUB a 2\r\nhi!!PUB a 2\r\nhi\r\n", -1),  # no line end after its payload
        (b"PUB a 2\r\nhixx\nMSG b 1 1\r\nh\r\n", 14),
        (b"HPUB a 8 9\r\nNOTS/1.0\r\n", -1),
        (b"PING\r\n+OK\r\n", -1),  # which others may say too
        (b"PUB a 2", -1),
        (b"PUB a b c 2\r\n", -1),
        (b"PUB a\x01 2\r\n", -1),
        (b"PUB " + b"a" * REACH + b" 2\r\n", -1),
    ],
)
def test_an_operation_is_found_in_the_middle(data: bytes, place: int) -> None:
    assert first_operation(data, boundary=True) == place


def test_where_no_packet_began_an_operation_is_not_found_at_once() -> None:
    assert first_operation(b"PUB a 2\r\nhi\r\nUNSUB 1\r\n", boundary=False) == 13


def test_the_next_line_is_after_a_line_feed() -> None:
    data = b"SUB a 1\r\nSUB b 2\r\n"

    assert next_line(data, 0) == next_line(data, 8) == 9
    assert next_line(data, 9) == -1


@pytest.mark.parametrize(
    ("data", "place"),
    [(b"xx", 2), (b"xx\n", 2), (b"xx\nPUB", 2), (b"xx\nPUX", 6)],
)
def test_a_line_that_may_have_begun_is_kept(data: bytes, place: int) -> None:
    assert unfinished(data) == place


def test_the_blanks_of_a_subject_before_an_inbox_are_part_of_it() -> None:
    inbox = b"_INBOX.3QB9lIOY8FFETLhYWNGUnj"
    line = b"PUB two words %b 9\r\n" % inbox
    words = words_of(line)
    layout = layout_of(line, words)
    assert layout is not None

    assert joined_blanks(words, layout) == [b"PUB", b"two words", inbox, b"9"]
    assert joined_blanks(words[:3], layout) == words[:3]
    assert joined_blanks([*words, b"2"], layout) == [*words, b"2"]
    headed = layout_of(b"HPUB a b 1 2\r\n", [b"HPUB"])
    assert headed is not None
    assert joined_blanks([b"HPUB", b"a", b"b", inbox, b"1", b"2"], headed) == [
        *(b"HPUB", b"a b", inbox, b"1", b"2")
    ]
