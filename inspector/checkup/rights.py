"""Who may capture packets on this machine.

Source: capabilities(7), CAP_NET_RAW; proc(5), ``CapEff``; ``struct vfs_cap_data`` of
``linux/capability.h``, which stands in the attribute ``security.capability`` of a file.
"""

from __future__ import annotations

import os
import shutil
import struct
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from .check import Check, Mark

if TYPE_CHECKING:
    from collections.abc import Iterator

CAP_NET_RAW = 13
"""The bit of the right to open a packet socket."""
_GROUP = "capture"
_STATUS = Path("/proc/self/status")
_EFFECTIVE = "CapEff:"
_BPF = "/dev/bpf0"
_PIPED = "sudo tcpdump -i {} -U -w - 'tcp port 8888' | protocol-inspect live -"


def rights() -> Iterator[Check]:
    """Yield who may capture: this Python, and Wireshark's dumpcap."""
    if sys.platform == "linux":
        yield _python(may_capture(_read(_STATUS)))
        yield from _dumpcap(shutil.which("dumpcap"))
    elif sys.platform == "darwin":
        yield _bpf(permitted=os.access(_BPF, os.R_OK))
    else:
        meaning = "record with Wireshark (Npcap), and read the file"
        yield Check(_GROUP, "python", Mark.ABSENT, sys.platform, meaning)


def may_capture(status: str) -> bool:
    """Whether a process has the right to capture.

    Args:
        status: Its ``/proc/PID/status``.
    """
    for line in status.splitlines():
        if line.startswith(_EFFECTIVE):
            return bool(int(line.removeprefix(_EFFECTIVE), 16) >> CAP_NET_RAW & 1)
    return False


def file_may_capture(capability: bytes) -> bool:
    """Whether a program has the right to capture, whoever starts it.

    Args:
        capability: The attribute ``security.capability`` of its file.
    """
    if len(capability) < 2 * 4:
        return False
    _, permitted = struct.unpack_from("<II", capability)
    return bool(permitted >> CAP_NET_RAW & 1)


def _python(permitted: bool) -> Check:  # noqa: FBT001 — the one thing that it is about
    if permitted:
        found, meaning = "CAP_NET_RAW", "live -i INTERFACE can capture"
        if find_spec("scapy") is None:
            meaning = "live -i INTERFACE could capture, but lacks scapy: see extras"
        return Check(_GROUP, "python", Mark.GOOD, found, meaning)
    program = Path(sys.executable).resolve()
    return Check(
        _GROUP,
        "python",
        Mark.ABSENT,
        "no CAP_NET_RAW",
        "live -i INTERFACE ends with code 4; a pipe of sudo tcpdump works",
        f"sudo setcap cap_net_raw+ep {program}",
    )


def _dumpcap(program: str | None) -> Iterator[Check]:
    if program is None:
        return  # the programs say so
    if may_capture(_read(_STATUS)) or file_may_capture(_capability(program)):
        meaning = "records captures without sudo"
        yield Check(_GROUP, "dumpcap", Mark.GOOD, program, meaning)
        return
    fix = f"sudo setcap cap_net_raw,cap_net_admin+ep {program}"
    meaning = "only root records captures with it"
    yield Check(_GROUP, "dumpcap", Mark.ABSENT, program, meaning, fix)


def _bpf(*, permitted: bool) -> Check:
    piped = _PIPED.format("lo0")
    if permitted:
        meaning = "tcpdump captures without sudo; pipe it into live -"
        return Check(_GROUP, "bpf", Mark.GOOD, _BPF, meaning)
    meaning = "only root captures; ChmodBPF of Wireshark changes that"
    return Check(_GROUP, "bpf", Mark.ABSENT, _BPF, meaning, piped)


def _capability(program: str) -> bytes:
    try:
        return os.getxattr(program, "security.capability")
    except (OSError, AttributeError):  # it has none, or this system knows none
        return b""


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
