"""Measure live capture and the proxy, each beside its peer, in one run.

    python -m benchmarks.live latency     a call of Nest, direct and through the proxy
    python -m benchmarks.live load        packets a second until drops begin, with
                                          dumpcap's beside ours at the same load
    python -m benchmarks.live soak        resident memory after 20,000 and after
                                          200,000 exchanges, through both

Capturing on the loopback interface needs the permission. dumpcap comes with tshark.
"""

from __future__ import annotations

import argparse
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from inspector.sources.proxy.conversation import Conversation
from inspector.streams.endpoints import Endpoint
from protocol import encode_frame
from tests.inspector.nest import Nest
from tests.inspector.watched import watched

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.inspector.watched import Watched

_TARGET = 2.5
_BUFFER_MIB = 64  # of the kernel, for both captures
_LEVEL_S = 4
_PORT = 9  # where nobody listens
_ETHERNET = bytes(12) + b"\x08\x00"
_LEVELS = (10_000, 25_000, 50_000, 75_000, 100_000, 150_000)
_GROWTH = 1.10
_FEW, _MANY = 20_000, 200_000
_DROPPED = re.compile(r"(\d+)/(\d+)")


def latency(nest: Nest, rounds: int, calls: int) -> bool:
    """Compare the median of direct calls with those through the proxy."""
    best = {"direct": float("inf"), "proxy": float("inf")}
    with nest.service() as service:
        target = f"127.0.0.1:{service.port}"
        with watched("proxy", "0", target, "--only", "pattern=none", "--json") as proxy:
            for _ in range(rounds):
                ports = (service.port, *proxy.ports)
                _, told = nest.client("calls", calls, *ports)
                for name, each in zip(best, told, strict=True):
                    best[name] = min(best[name], each["p50"])
                    print(f"{name:8} p50 {each['p50']:7.1f} µs  p99 {each['p99']:8.1f}")
    ratio = best["proxy"] / best["direct"]
    print(f"best p50: the proxy takes {ratio:.2f} times a direct call", end="; ")
    print(f"at most {_TARGET} is promised")
    return ratio <= _TARGET


def load() -> bool:
    """Raise the load until packets are dropped, by us and by dumpcap."""
    print(f"{'packets/s':>9}  {'ours dropped':>14}  {'dumpcap dropped':>16}")
    clean = {"ours": 0, "dumpcap": 0}
    for level in _LEVELS:
        words = ["--port", str(_PORT), "--json", "--only", "pattern=none"]
        with watched("live", "-i", "lo", *words) as live:
            dumpcap = _dumpcap(_PORT)
            _send(_PORT, level)
            theirs = _dropped_by(dumpcap)
            live.interrupt()
        ours = live.lines[-2]["dropped"]
        # Those that were dropped have passed, too.
        sent = (live.summary["packet_records"] + ours) / _LEVEL_S
        print(f"{sent:9,.0f}  {ours:14,}  {theirs:16,}", flush=True)
        for name, dropped in (("ours", ours), ("dumpcap", theirs)):
            clean[name] = clean[name] if dropped else max(clean[name], round(sent))
        if ours and theirs:
            break
    for name, rate in clean.items():
        print(f"{name}: no drop up to {rate:,} packets a second")
    return True


def _send(port: int, rate: int) -> None:
    """Put packets on the loopback interface, so many a second.

    They are those of one connection that carries events, put there below TCP, for
    which more a second pass than two programs would say to each other.
    """
    body = b'{"pattern":"load","data":"' + b"x" * 60 + b'"}'
    frame = encode_frame(body)
    talk = Conversation(Endpoint("192.0.2.1", 50_000), Endpoint("192.0.2.2", port))
    records = talk.open(0)
    while len(records) < rate * _LEVEL_S:
        records += talk.data(0, frame, from_server=False)
    packets = [_ETHERNET + record.data for record in records]
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as interface:
        interface.bind(("lo", 0))
        begun, sent = time.perf_counter(), 0
        while sent < len(packets):
            due = int((time.perf_counter() - begun) * rate)
            for packet in packets[sent:due]:
                interface.send(packet)
            sent = max(sent, min(due, len(packets)))
            time.sleep(0.0005)
            if time.perf_counter() - begun > 2 * _LEVEL_S:
                return  # this machine sends no faster


def _dumpcap(port: int) -> subprocess.Popen[str]:
    dumpcap = subprocess.Popen(
        ["dumpcap", "-i", "lo", "-B", str(_BUFFER_MIB), "-f", f"tcp port {port}",
         "-w", "/dev/null", "-q"],
        stderr=subprocess.PIPE, encoding="utf-8",
    )  # fmt: skip
    assert dumpcap.stderr is not None
    for line in dumpcap.stderr:
        if line.startswith("File:"):
            return dumpcap
    raise SystemExit("dumpcap does not capture")


def _dropped_by(dumpcap: subprocess.Popen[str]) -> int:
    dumpcap.send_signal(signal.SIGINT)
    _, told = dumpcap.communicate(timeout=30)
    found = _DROPPED.search(told)
    assert found is not None, told
    return int(found[2])


def soak(nest: Nest) -> bool:
    """Compare the resident memory after few exchanges and after many."""

    def on_interface(port: int) -> tuple[list[str], Callable[[Watched], int]]:
        return ["live", "-i", "lo", "--port", str(port)], lambda _: port

    def through_proxy(port: int) -> tuple[list[str], Callable[[Watched], int]]:
        return ["proxy", "0", f"127.0.0.1:{port}"], lambda each: each.ports[0]

    good = True
    for name, make in (("live", on_interface), ("proxy", through_proxy)):
        with nest.service() as service:
            words, where = make(service.port)
            # Without lines, which the pipe's reader would keep in this process.
            with watched(*words, "--json", "--only", "pattern=none") as watch:
                few = _resident_after(nest, watch, where(watch), _FEW)
                many = _resident_after(nest, watch, where(watch), _MANY - _FEW)
                watch.interrupt()
        print(f"{name}: {few:.1f} MiB after {_FEW:,}, {many:.1f} after {_MANY:,}")
        print(f"  {watch.summary['packet_records']:,} packets, {watch.err.strip()}")
        good = good and many <= few * _GROWTH
    return good


def _resident_after(nest: Nest, watch: Watched, port: int, exchanges: int) -> float:
    for _ in range(exchanges // _FEW):
        nest.client("load", _FEW, port)
    time.sleep(1)
    status = Path(f"/proc/{watch.process.pid}/status").read_text(encoding="ascii")
    (line,) = (row for row in status.splitlines() if row.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["latency", "load", "soak"])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--calls", type=int, default=3_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        nest = Nest(Path(folder))
        measured: dict[str, Callable[[], bool]] = {
            "latency": lambda: latency(nest, options.rounds, options.calls),
            "load": load,
            "soak": lambda: soak(nest),
        }
        good = measured[options.what]()
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
