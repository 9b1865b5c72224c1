from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest

from servers.calling.addresses import Address
from servers.calling.history import NO_HISTORY, History, typed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from protocol import Json

_CALC, _USER = Address("127.0.0.1", 8888), Address("::1", 8889)


def _of(folder: Path) -> History:
    return History.of_user({"XDG_STATE_HOME": str(folder)}, wanted=True)


def test_patterns_are_kept_for_each_server_the_latest_first(tmp_path: Path) -> None:
    history = _of(tmp_path)
    for pattern in ("sum", {"cmd": "sum"}, "sum", 1):
        history.add(_CALC, pattern)
    history.add(_USER, "user")

    again = _of(tmp_path)
    assert again.patterns(_CALC) == [1, "sum", {"cmd": "sum"}]
    assert again.patterns(_USER) == ["user"]
    assert again.servers() == [_USER, _CALC]


def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    folder = tmp_path / "state" / "deep"
    _of(folder).add(_CALC, "sum")

    (file,) = (folder / "protocol-call").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert file.read_text(encoding="utf-8") == '["127.0.0.1:8888","sum"]\n'


def test_it_stays_small(tmp_path: Path) -> None:
    history = _of(tmp_path)
    history.add(_CALC, "x" * 200)
    assert history.patterns(_CALC) == []
    for number in range(501):
        history.add(_CALC, number)

    assert history.patterns(_CALC) == list(range(500, 0, -1))


def test_nothing_is_kept_where_that_is_not_wanted(tmp_path: Path) -> None:
    here = {"XDG_STATE_HOME": str(tmp_path)}
    for history in (
        History.of_user(here, wanted=False),
        History.of_user({**here, NO_HISTORY: "1"}, wanted=True),
    ):
        history.add(_CALC, "sum")
        assert history.patterns(_CALC) == ["sum"]  # until the program ends

    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_read_or_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "protocol-call").write_text("a file", encoding="utf-8")
    _of(tmp_path).add(_CALC, "sum")
    assert _of(tmp_path).patterns(_CALC) == []

    folder = tmp_path / "other" / "protocol-call"
    folder.mkdir(parents=True)
    text = b'\xff\n[1]\n{"a":1}\n["a:1","x",2]\n["127.0.0.1:8888","sum"]\n["a","x"]\n'
    (folder / "patterns.jsonl").write_bytes(text)
    history = _of(tmp_path / "other")
    assert history.patterns(_CALC) == ["sum"]
    assert history.servers() == [_CALC]


@pytest.mark.parametrize(
    "break_it",
    [
        lambda file: file.write_bytes(b"[" * 999_999),
        lambda file: file.symlink_to("/dev/zero"),
        os.mkfifo,
        lambda file: file.symlink_to(file),
    ],
)
def test_what_is_broken_is_replaced(
    break_it: Callable[[Path], None], tmp_path: Path
) -> None:
    folder = tmp_path / "protocol-call"
    folder.mkdir()
    break_it(folder / "patterns.jsonl")
    _of(tmp_path).add(_CALC, "sum")
    assert _of(tmp_path).patterns(_CALC) == ["sum"]


def test_nothing_is_left_of_what_cannot_be_kept(tmp_path: Path) -> None:
    file = tmp_path / "protocol-call" / "patterns.jsonl"
    (file / "a folder").mkdir(parents=True)
    _of(tmp_path).add(_CALC, "sum")
    assert list(file.parent.iterdir()) == [file]


def test_no_file_that_a_link_points_at_is_written(tmp_path: Path) -> None:
    history = _of(tmp_path)
    history.add(_CALC, "sum")
    file = tmp_path / "protocol-call" / "patterns.jsonl"
    mine = tmp_path / "mine"
    file.rename(mine)
    file.symlink_to(mine)
    history.add(_CALC, "other")

    assert mine.read_text(encoding="utf-8") == '["127.0.0.1:8888","sum"]\n'
    assert not file.is_symlink()


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("sum", "sum"),
        ({"cmd": "sum"}, '{"cmd":"sum"}'),
        (1, "1"),
        ("1", '"1"'),
        ("a b", "a b"),
    ],
)
def test_a_pattern_is_typed_as_it_is_read(pattern: Json, text: str) -> None:
    assert typed(pattern) == text
