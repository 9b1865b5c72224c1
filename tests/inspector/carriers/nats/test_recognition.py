from __future__ import annotations

import pytest

from inspector.carriers.base import Recognition, Verdict
from inspector.carriers.nats.recognition import find, recognise


@pytest.mark.parametrize(
    ("beginning", "judged"),
    [
        (b'INFO {"server_id"', Recognition(asks=False)),
        (b"connect \t{", Recognition(asks=True)),
        (b"CONNECT{", Recognition(asks=True)),
        (b"", Verdict.UNDECIDED),
        (b"CONN", Verdict.UNDECIDED),
        (b"info  ", Verdict.UNDECIDED),
        (b"INFO" + b" " * 64, Verdict.OTHER),
        (b"CONNECT example.org:443 HTTP/1.1", Verdict.OTHER),
        (b"PING\r\n", Verdict.OTHER),
        (b"INFO\r\n", Verdict.OTHER),
        (b"5#{", Verdict.OTHER),
    ],
)
def test_either_side_shows_itself_by_its_first_line(
    beginning: bytes, judged: Recognition | Verdict
) -> None:
    assert recognise(beginning) == judged


@pytest.mark.parametrize(
    ("line", "asks"),
    [
        (b"PUB a 0\r\n\r\n", True),
        (b"HPUB a 12 12\r\nNATS/1.0\r\n\r\n\r\n", True),
        (b"SUB a 1\r\n", True),
        (b"UNSUB 1\r\n", True),
        (b"MSG a 1 0\r\n\r\n", False),
        (b"HMSG a 1 12 12\r\nNATS/1.0\r\n\r\n\r\n", False),
        (b"RS+ $G a\r\n", None),
    ],
)
def test_in_the_middle_the_verb_shows_who_asks(line: bytes, asks: bool | None) -> None:  # noqa: FBT001
    assert find(b"x\r\n" + line, boundary=True) == Recognition(3, asks=asks)


def test_in_other_bytes_nothing_is_found() -> None:
    assert find(b'2#{}\n{"a":"PUB a 2"}\n', boundary=True) is None
