from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.errors import InspectorError
from inspector.tls import keylog as module
from inspector.tls.keylog import MASTER, TRAFFIC, KeyLog
from tests.inspector.tls_talk import keylog_of

if TYPE_CHECKING:
    from pathlib import Path

_RANDOM, _OTHER = b"\x01" * 32, b"\x02" * 32


def line(random: bytes = _RANDOM, label: str = MASTER, size: int = 48) -> bytes:
    return f"{label} {random.hex()} {'ab' * size}\n".encode()


def test_secrets_are_known_by_session_and_label() -> None:
    text = b"# a comment\r\n\n" + line() + line(_OTHER, TRAFFIC[0], 32)
    text += line(_OTHER, "EXPORTER_SECRET", 20) + b"RSA 0123 4567"

    known = keylog_of(text)

    assert len(known) == 2
    assert known.secrets(_RANDOM) == {MASTER: b"\xab" * 48}
    assert known.secrets(_OTHER) == {TRAFFIC[0]: b"\xab" * 32}
    assert known.secrets(bytes(32)) == {}
    assert [random for random, _ in known.sessions()] == [_OTHER, _RANDOM]


def test_a_byte_order_mark_is_no_part_of_the_first_line(tmp_path: Path) -> None:
    file = tmp_path / "keys.log"
    file.write_bytes(b"\xef\xbb\xbf" + line())

    known = KeyLog([str(file)])

    assert len(known) == 1
    assert not known.flaws


def test_a_malformed_line_is_passed_over_and_told_by_its_number(tmp_path: Path) -> None:
    file = tmp_path / "keys.log"
    file.write_bytes(line() + b"secret words\n" + line(size=47) + line(_OTHER))

    known = KeyLog([str(file)])

    assert len(known) == 2
    assert known.flaws == [
        f"{file}:2: not a line of a key log; 2 lines passed over",
    ]


def test_what_is_no_key_log_is_refused_and_not_shown(tmp_path: Path) -> None:
    file = tmp_path / "words"
    file.write_bytes(b"\n" + b"hunter2 " * 1000)

    with pytest.raises(InspectorError) as raised:
        KeyLog([str(file)])

    assert str(raised.value) == f"{file}:2: not a line of a key log"


@pytest.mark.parametrize(
    ("name", "why"),
    [("none", "no such file or directory"), (".", "a directory"), ("a\0b", "null")],
)
def test_what_cannot_be_read_is_refused(tmp_path: Path, name: str, why: str) -> None:
    with pytest.raises(InspectorError, match=why):
        KeyLog([f"{tmp_path}/{name}"])


@pytest.mark.parametrize("grows", [False, True])
def test_what_has_no_end_or_no_writer_is_refused(
    tmp_path: Path, *, grows: bool
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    for name in ("/dev/zero", str(pipe)):
        with pytest.raises(InspectorError, match=f"{name}: .*: not a regular file"):
            KeyLog([name], grows=grows)


def test_a_file_that_grows_is_read_on_and_may_come_late(tmp_path: Path) -> None:
    file = tmp_path / "keys.log"
    known = KeyLog([str(file)], grows=True)
    assert not known.refresh()

    file.write_bytes(line()[:-30])
    assert not known.refresh()
    file.write_bytes(line() + line(_OTHER)[:20])
    assert known.refresh()
    assert len(known) == 1
    file.write_bytes(line() + line(_OTHER))
    assert known.refresh()
    assert len(known) == 2
    file.write_bytes(line(b"\x03" * 32))  # another one by its name
    assert known.refresh()
    assert len(known) == 3


def test_several_files_are_one(tmp_path: Path) -> None:
    files = []
    for random in (_RANDOM, _OTHER):
        files.append(tmp_path / random.hex())
        files[-1].write_bytes(line(random).rstrip())

    assert len(KeyLog([str(each) for each in files])) == 2


def test_one_who_reads_beside_learns_alone_of_what_captures_hold() -> None:
    known = keylog_of(line())
    beside = known.apart()

    beside.follow([line(_OTHER)])

    assert (len(known), len(beside)) == (1, 2)
    assert beside.names == known.names


def test_the_oldest_sessions_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_SESSIONS", 3)
    randoms = [bytes([number]) * 32 for number in range(5)]

    known = keylog_of(b"".join(map(line, randoms)))

    assert [random for random, _ in known.sessions()] == randoms[:1:-1]


@given(st.binary(max_size=200))
def test_no_bytes_are_too_bad(text: bytes) -> None:
    keylog_of(line() + text)
