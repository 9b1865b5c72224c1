"""What an answer says of each command of a transaction."""

from __future__ import annotations

import pytest

from inspector.carriers.base import Errand, Fate, Idle, Trouble, Unit
from inspector.carriers.redis.carrier import carrier
from tests.inspector.carriers.redis.conversations import (
    BROKER,
    CLIENT,
    EVENT,
    REQUEST,
    read,
    strings,
    transacted,
)

_LONG = 200_000  # bytes of a value, which is not kept
_PUBLISH, _GET = strings("PUBLISH", "log", EVENT), strings("GET", "a")
_QUEUED = b"+OK\r\n+QUEUED\r\n+QUEUED\r\n"


def _answers(reply: bytes, *commands: bytes, queued: bytes = _QUEUED) -> list[Unit]:
    """Return what the answer to EXEC is."""
    turns = [(CLIENT, transacted(*commands)), (BROKER, queued)]
    before = len(read(*turns))
    return read(*turns, (BROKER, reply))[before:]


def _of(units: list[Unit]) -> list[tuple[object, ...]]:
    return [
        (each.verb, each.about, each.fate)
        if isinstance(each, Errand)
        else (type(each),)
        for each in units
    ]


def test_each_publish_has_its_own_count_and_each_byte_its_unit() -> None:
    reply = b"*2\r\n:3\r\n:0\r\n"
    first, second = _answers(reply, _PUBLISH, _PUBLISH)
    assert isinstance(first, Errand)
    assert isinstance(second, Errand)

    assert _of([first, second]) == [(":3", (1,), Fate.KEPT), (":0", (2,), Fate.KEPT)]
    assert (first.unwanted, second.unwanted) == (False, True)
    assert first.text + second.text == reply
    assert (first.end, second.end - first.begin) == (second.begin, len(reply))


def test_other_commands_are_nobodys() -> None:
    units = _answers(b"*2\r\n$1\r\nx\r\n:2\r\n", _GET, _PUBLISH)
    assert _of(units) == [(Idle,), (":2", (1,), Fate.KEPT)]
    units = _answers(b"*2\r\n$1\r\nx\r\n:2\r\n", _GET, _GET)
    assert _of(units) == [(Idle,)]


@pytest.mark.parametrize("null", [b"*-1\r\n", b"_\r\n"])
def test_of_what_is_not_done_nothing_is_handed_on(null: bytes) -> None:
    assert _of(_answers(null, _PUBLISH, _PUBLISH)) == [("null", (1, 2), Fate.WITHDRAWN)]
    units = _answers(b"-EXECABORT because\r\n", _PUBLISH, _GET)
    assert _of(units) == [("error", (1,), Fate.WITHDRAWN), (Trouble,)]
    assert isinstance(units[1], Trouble)
    assert units[1].detail == "EXECABORT because"


def test_what_is_discarded_is_withdrawn() -> None:
    commands = strings("MULTI") + _PUBLISH + strings("discard")
    units = read((CLIENT, commands), (BROKER, b"+OK\r\n+QUEUED\r\n+OK\r\n"))
    assert _of(units)[2:] == [
        ("DISCARD", (1,), Fate.KEPT),
        (Idle,),
        ("QUEUED", (1,), Fate.KEPT),
        ("OK", (1,), Fate.WITHDRAWN),
    ]


def test_what_could_not_be_queued_is_in_no_answer() -> None:
    """An error takes the place of QUEUED; the others keep their order."""
    queued = b"+OK\r\n-ERR wrong number\r\n+QUEUED\r\n"
    assert _of(_answers(b"*1\r\n:1\r\n", _GET, _PUBLISH, queued=queued)) == [
        (":1", (1,), Fate.KEPT)
    ]


def test_an_error_in_place_of_a_count_is_trouble() -> None:
    units = _answers(b"*2\r\n-NOPERM no\r\n:1\r\n", _PUBLISH, _PUBLISH)
    assert _of(units) == [(Trouble,), (":1", (2,), Fate.KEPT)]


def test_a_long_answer_is_to_all_of_it() -> None:
    long = b"*2\r\n$%d\r\n%b\r\n:1\r\n" % (_LONG, b"x" * _LONG)
    units = read(
        (CLIENT, transacted(_GET, _PUBLISH)),
        (BROKER, _QUEUED),
        *(
            (BROKER, long[place : place + 1_000])
            for place in range(0, len(long), 1_000)
        ),
    )
    assert _of(units[-1:]) == [("EXEC", (1,), Fate.KEPT)]


def test_where_the_beginning_is_missing_counts_are_of_the_last() -> None:
    units = read(
        (CLIENT, _PUBLISH),
        (BROKER, b"+QUEUED\r\n"),
        (CLIENT, strings("EXEC")),
        (BROKER, b"*3\r\n+OK\r\n:5\r\n:1\r\n"),
    )
    assert _of(units)[2:] == [
        ("EXEC", (1,), Fate.KEPT),
        (Idle,),
        (Idle,),
        (":1", (1,), Fate.KEPT),
    ]


def test_where_answers_are_missing_no_count_is_taken_for_anothers() -> None:
    talk = carrier.talk(None, whole=True)
    talk.receive(CLIENT, strings("MULTI") + _PUBLISH + strings("GET", "a"), 0)
    talk.receive(BROKER, b"+OK\r\n", 0)
    talk.lose(BROKER)
    talk.receive(CLIENT, strings("EXEC") + strings("PUBLISH", "sum", REQUEST), 0)
    units = talk.receive(BROKER, b"*2\r\n:0\r\n:5\r\n", 0)
    assert _of(units) == [("EXEC", (1,), Fate.KEPT)]
    (after,) = talk.receive(BROKER, b":1\r\n", 0)
    assert isinstance(after, Errand)
    assert after.about == (3,)
