from __future__ import annotations

from inspector.tls.halves import Half
from inspector.tls.protection import Modern, Opened
from inspector.tls.searching import Candidate, Found
from inspector.tls.suites import MODERN
from tests.inspector.tls_talk import connection


def _keys(name: bytes, *, application: bool = False) -> Modern:
    return Modern(MODERN[0x1301], name * 32, application=application)


def test_keys_follow_one_another() -> None:
    half = Half(connection().directions[0])
    first, second = _keys(b"1"), _keys(b"2", application=True)
    half.pending = [first, second]

    used: list[object] = []
    for _ in range(3):
        assert half.lasting
        half.advance()
        used.append(half.protection)

    assert used[:2] == [first, second]
    assert used[2] not in {None, first, second}
    assert half.pending == []


def test_a_record_that_was_found_says_which_keys_are_in_use() -> None:
    half = Half(connection().directions[0])
    first, second = _keys(b"1"), _keys(b"2", application=True)
    half.pending = [first, second]

    half.resume(Found(Candidate(second, 0), 7, Opened(23, b"", 5)))

    assert half.protection is second
    assert second.number == 8
    assert half.pending == []
    assert [each.first for each in half.candidates()] == [8, 0]
