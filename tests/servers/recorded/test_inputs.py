from __future__ import annotations

import os
import sys
from contextlib import suppress
from queue import Queue
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from servers.errors import UsageError
from servers.recorded.inputs import lines_of
from tests.inspector.captures import ROOT
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_CAPTURE = ROOT / "captures" / "seed-nest12.pcap"
_COMMAND = ["exchanges", "--json"]


def _read(name: str | Path, more: Sequence[str] = ()) -> list[bytes]:
    with lines_of(str(name), _COMMAND, more=more) as lines:
        return list(lines)


def test_json_lines_are_read_as_they_are(tmp_path: Path) -> None:
    file = tmp_path / "answers.jsonl"
    file.write_bytes(b'\xef\xbb\xbf{"a":1}\n\n  {"b":2}')

    assert _read(file) == [b'{"a":1}\n', b"\n", b'  {"b":2}']


@pytest.mark.parametrize("content", [b"", b"\n \n", b"\xef\xbb\xbf"])
def test_nothing_is_said_to_be_nothing(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "answers.jsonl"
    file.write_bytes(content)
    with pytest.raises(UsageError, match=r"answers\.jsonl is empty; wanted is"):
        _read(file)


def test_a_capture_is_read_by_the_inspector_from_a_file_or_stdin(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines = _read(_CAPTURE, ["--where", 'route == "sum"'])
    with _CAPTURE.open() as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        from_stdin = _read("-")

    assert len(lines) == 5
    assert all(each.startswith(b'{"type":"exchange"') for each in lines)
    assert len(from_stdin) == 10


@pytest.mark.parametrize("first", [b'{"a":1}\n', _CAPTURE.read_bytes()])
def test_stdin_that_stays_open_holds_up_nobody_and_no_line(
    first: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(lines: Iterator[bytes]) -> None:
        with suppress(ValueError, UsageError):  # of what was ended meanwhile
            for each in lines:
                seen.put(each)

    seen: Queue[bytes] = Queue()
    read_end, write_end = os.pipe()
    with open(read_end) as stdin, open(write_end, "wb", buffering=0) as out:  # noqa: PTH123
        monkeypatch.setattr(sys, "stdin", stdin)
        out.write(first)
        with lines_of("-", _COMMAND) as lines:
            reader = Thread(target=read, args=(lines,), daemon=True)
            reader.start()
            got = seen.get(timeout=PATIENCE)
            assert got == first or got.startswith(b'{"type":"exchange","number":1')
        reader.join(PATIENCE)

        assert not reader.is_alive()


def test_what_cannot_be_read_is_one_line(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(UsageError, match="no such file or directory"):
        _read(tmp_path / "none")
    with pytest.raises(UsageError, match="is a directory"):
        _read(tmp_path)
    file = tmp_path / "notes.txt"
    file.write_text("not JSON")
    with pytest.raises(UsageError, match=r"notes\.txt is text that begins with 'not"):
        _read(file)
    file.write_bytes(b"\x7fELF\x02")
    said = r"notes\.txt: not a capture: .*; wanted is a capture"
    with pytest.raises(UsageError, match=said) as caught:
        _read(file)
    assert "protocol-inspect: " not in str(caught.value)
    assert capfd.readouterr().err == ""
    file.write_text("{}")
    with pytest.raises(UsageError, match="--where is for those"):
        _read(file, ["--where", "true"])


def test_what_the_inspector_says_besides_is_passed_on(
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert _read(_CAPTURE, ["--where", 'route == "none"']) == []
    assert capfd.readouterr().err.startswith("protocol-inspect: ")


def test_a_reader_may_leave_early() -> None:
    with lines_of(str(_CAPTURE), _COMMAND) as lines:
        assert next(lines)
