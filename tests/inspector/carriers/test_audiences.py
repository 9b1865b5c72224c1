from __future__ import annotations

import pytest

from inspector.carriers.audiences import Audience, Interest, Introduction
from inspector.carriers.nats.carrier import carrier


def _audiences(*said: tuple[int, bytes]) -> list[Audience | None]:
    talk = carrier.talk(None, whole=True)
    talk.client = 0
    units = [unit for side, data in said for unit in talk.receive(side, data, 1)]
    return [getattr(unit, "audience", None) for unit in units]


@pytest.mark.parametrize(
    ("side", "line", "audience"),
    [
        (
            1,
            b'INFO {"server_id":"N","client_id":4,"version":"2.9.10"}\r\n',
            Introduction("N", 4, 3),
        ),
        (
            1,
            b'INFO {"server_id":"N","client_id":4,"version":"2.9","cluster":"c"}\r\n',
            Introduction("N", 4, 3, elsewhere=True),
        ),
        (1, b'INFO {"server_id":"N"}\r\n', None),
        (0, b"\x16\x03\x01", Introduction(elsewhere=True)),
        (0, b"SUB log 7\r\n", Interest("7", "log")),
        (0, b"SUB log workers 7\r\n", Interest("7", "log")),
        (0, b"SUB _INBOX.AAAAAAAAAAAAAAAAAAAAAA 7\r\n", None),
        (0, b"PING\r\n", None),
    ],
)
def test_what_a_unit_shows_of_who_gets_what(
    side: int, line: bytes, audience: Audience | None
) -> None:
    assert _audiences((side, line)) == [audience]


@pytest.mark.parametrize(
    ("line", "audience"), [(b"UNSUB 7\r\n", Interest("7")), (b"UNSUB 7 2\r\n", None)]
)
def test_an_interest_ends_where_nothing_more_is_awaited(
    line: bytes, audience: Audience | None
) -> None:
    said = _audiences((0, b"SUB w.* 7\r\n"), (0, line))

    assert isinstance(said[0], Interest)
    assert said[1] == audience
