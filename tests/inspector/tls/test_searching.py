from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.streams.packets import DataPacket
from inspector.tls import keylog as secrets_of
from inspector.tls.keylog import EARLY, TRAFFIC, KeyLog
from inspector.tls.protection import Modern
from inspector.tls.records import RecordReader
from inspector.tls.searching import (
    ANY,
    Budget,
    Candidate,
    Search,
    Sessions,
    keys_of,
    window_of,
)
from inspector.tls.suites import MODERN
from tests.inspector.tls_talk import Talk, keylog_of

if TYPE_CHECKING:
    import pytest

_PACKET = DataPacket(1, 1, 0, 0)
_NOISE = b"\x17\x03\x03\x00\x04abcd"


def _candidate() -> Candidate:
    return Candidate(Modern(MODERN[0x1301], b"s" * 32, application=True), 0)


def test_bytes_that_were_lost_bound_the_numbers() -> None:
    assert window_of(0) == 1
    assert window_of(2200) == 101
    assert window_of(1 << 40) == ANY


def test_what_does_not_open_is_dropped_and_the_search_is_bounded() -> None:
    reader, budget = RecordReader(), Budget()
    search = Search(10, budget)
    for _ in range(50):
        reader.feed(_NOISE, _PACKET)
        assert search.find(reader, [_candidate()]) is None
        assert len(reader) < len(_NOISE)
    assert search.tried

    spent = budget.left
    short = Search(1000, Budget(20_000))
    reader.feed(_NOISE * 10, _PACKET)
    assert short.find(reader, [_candidate()]) is None
    assert short.over
    assert budget.left == spent


def test_the_sessions_of_a_key_log_give_keys_for_both_sides() -> None:
    talk = Talk()
    sessions = Sessions(keylog_of(talk.keylog))

    candidates = sessions.candidates(())

    assert {each.role for each in candidates} == {0, 1}
    assert sessions.candidates({candidates[0].random}) == []
    assert sessions.candidates(()) is not candidates
    secrets = {TRAFFIC[0]: b"s" * 32}
    suites = sum(each.digest_size == 32 for each in MODERN.values())
    assert len(keys_of(b"", secrets)) == suites


def test_secrets_that_come_later_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets_of, "MAX_SESSIONS", 1)

    def line(label: str, session: int) -> bytes:
        return f"{label} {session:064x} {'ab' * 32}\n".encode()

    keylog, blocks = KeyLog(), [line(EARLY, 1)]
    keylog.follow(blocks)
    sessions = Sessions(keylog)
    assert sessions.candidates(()) == []
    for session in (1, 2):  # of one that is known, and instead of one
        blocks.append(line(TRAFFIC[0], session))
        assert keylog.refresh()
        found = {each.random for each in sessions.candidates(())}
        assert found == {session.to_bytes(32, "big")}
