"""Who may capture: the bits of the kernel, and what is said of them."""

from __future__ import annotations

import os
import struct
import sys
from typing import TYPE_CHECKING

import pytest

from inspector.checkup import rights as module
from inspector.checkup.check import Mark
from inspector.checkup.rights import file_may_capture, may_capture, rights

if TYPE_CHECKING:
    from pathlib import Path

_ALL = "CapInh:\t0000000000000000\nCapEff:\t000001ffffffffff\n"
_NONE = "CapInh:\t000001ffffffffff\nCapEff:\t0000000000000000\n"
_REVISION_2 = 0x02000001  # of vfs_cap_data, with the effective bit


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (_ALL, True),
        (_NONE, False),
        ("CapEff:\t0000000000002000\n", True),
        ("CapEff:\t0000000000001000\n", False),
        ("", False),
    ],
)
def test_a_process_may_capture_with_one_bit(status: str, *, expected: bool) -> None:
    assert may_capture(status) is expected


@pytest.mark.parametrize(
    ("permitted", "expected"), [(1 << 13, True), (1 << 12, False), (0x3000, True)]
)
def test_a_file_may_capture_with_one_bit(permitted: int, *, expected: bool) -> None:
    capability = struct.pack("<5I", _REVISION_2, permitted, 0, 0, 0)

    assert file_may_capture(capability) is expected
    assert not file_may_capture(b"")


def _linux(
    monkeypatch: pytest.MonkeyPatch, folder: Path, status: str, capability: bytes
) -> None:
    (folder / "status").write_text(status, encoding="ascii")
    dumpcap = folder / "dumpcap"
    dumpcap.write_text("#!/bin/sh\n", encoding="ascii")
    dumpcap.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(module, "_STATUS", folder / "status")
    monkeypatch.setattr(os, "getxattr", lambda *_: capability, raising=False)


def test_without_the_right_the_command_that_gives_it_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _linux(monkeypatch, tmp_path, _NONE, b"")
    python, dumpcap = rights()

    assert (python.mark, dumpcap.mark) == (Mark.ABSENT, Mark.ABSENT)
    assert python.fix.startswith("sudo setcap cap_net_raw+ep /")
    assert dumpcap.fix.endswith(f"+ep {tmp_path / 'dumpcap'}")


def test_dumpcap_may_capture_where_python_may_not(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _linux(monkeypatch, tmp_path, _NONE, struct.pack("<3I", _REVISION_2, 1 << 13, 0))

    assert [check.mark for check in rights()] == [Mark.ABSENT, Mark.GOOD]


def test_root_needs_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _linux(monkeypatch, tmp_path, _ALL, b"")

    assert [(check.mark, check.fix) for check in rights()] == [(Mark.GOOD, "")] * 2


def test_the_right_alone_captures_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _linux(monkeypatch, tmp_path, _ALL, b"")
    found = [next(rights()).meaning]
    monkeypatch.setattr(module, "find_spec", lambda _: None)
    found.append(next(rights()).meaning)

    assert found == [
        "live -i INTERFACE can capture",
        "live -i INTERFACE could capture, but lacks scapy: see extras",
    ]


@pytest.mark.parametrize("permitted", [True, False])
def test_on_macos_the_devices_of_bpf_say_it(
    monkeypatch: pytest.MonkeyPatch, *, permitted: bool
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(os, "access", lambda *_: permitted)
    (bpf,) = rights()

    assert bpf.mark is (Mark.GOOD if permitted else Mark.ABSENT)
    assert bool(bpf.fix) is not permitted


def test_elsewhere_wireshark_records(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    (check,) = rights()

    assert check.mark is Mark.ABSENT
    assert "Wireshark" in check.meaning
