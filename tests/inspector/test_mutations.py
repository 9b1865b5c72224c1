"""Whatever is damaged in a capture: no traceback, and what stands before it is said."""

from __future__ import annotations

import random
import resource
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.inspector.command import run
from tests.inspector.conversation import CLIENT, SERVER, Wire, response
from tests.inspector.mutations import as_pcap, as_pcapng, damage
from tests.inspector.scrambled import scramble
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.inspector.mutations import Whole

_RUNS = 400  # of each capture in each format: 3,200 in all
_COMMANDS: tuple[list[str], ...] = (
    ["exchanges", "--json"],
    ["--json"],
    ["exchanges", "--json"],
    ["exchanges"],
    ["--json"],
    ["exchanges", "--json"],
    [],
    ["exchanges", "--json"],
)
_DONE, _DAMAGED = 0, 3
_MEMORY = 64 << 10  # kibibytes by which the process may have grown


def _calls() -> Wire:
    wire = Wire()
    call = wire.connect().emit("log", "é" * 30).ask("sum", "1", [1, 2]).answer("1", 3)
    call.ask("count", "2")
    for value in range(3):
        call.send(SERVER, response("2", value, last=False))
    call.send(SERVER, response("2")).ack(CLIENT).ask("late", "3").close()
    return wire


def _strangers() -> Wire:
    wire = Wire()
    web = wire.connect(client="10.0.0.1:50000", server="10.0.0.3:80")
    call = wire.connect()
    web.send(CLIENT, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    call.ask({"cmd": "sum"}, "1", {"a": [1]}).answer("1", {"b": 2}).ack(CLIENT)
    web.send(SERVER, b"HTTP/1.1 204 No Content\r\n\r\n").close()
    call.emit("log", 1).ask("sum", "2").answer("2", "求和").ack(CLIENT).close()
    return wire


def _over_ipv6() -> Wire:
    wire = Wire()
    call = wire.connect(client="::1:40000", server="::1:8888")
    for number in range(5):
        call.ask("sum", str(number), number).answer(str(number), number).ack(CLIENT)
    return wire


def _scrambled() -> Wire:
    return scramble(7, 2)[0]


def _watch(_signal: int, _frame: object) -> None:
    raise TimeoutError("it does not end")


@contextmanager
def _patience() -> Iterator[None]:
    """Give up on what does not end."""
    before = signal.signal(signal.SIGALRM, _watch)
    signal.alarm(int(PATIENCE))  # more is a loop without end
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("form", [as_pcap, as_pcapng])
@pytest.mark.parametrize(
    "craft",
    [_calls, _strangers, _over_ipv6, _scrambled],
    ids=lambda craft: craft.__name__[1:],
)
def test_damage_loses_nothing_that_stands_before_it(
    craft: Callable[[], Wire], form: Callable[..., Whole], tmp_path: Path
) -> None:
    whole = form(craft().records)
    capture = tmp_path / "damaged"
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss + _MEMORY
    for number in range(_RUNS):
        rng = random.Random(number)  # noqa: S311 — the same damage every time
        damaged = damage(rng, whole)
        capture.write_bytes(damaged.data)
        arguments = _COMMANDS[number % len(_COMMANDS)]
        with _patience():
            done = run(*arguments, capture)

        assert done.code in {_DONE, _DAMAGED}, number
        assert done.err or done.code == _DONE, number
        assert "Traceback" not in done.err, number
        if "--json" in arguments:
            lines = [line for line in done.lines if line["type"] == "exchange"]
            expected = whole.before(damaged.place)
            assert all(line in lines for line in expected), number
    assert len(whole.said) > 1
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < grown


def test_a_time_beyond_the_calendar_is_no_reason_to_say_nothing(tmp_path: Path) -> None:
    whole, nanoseconds, milliseconds = as_pcapng(_calls().records), b"\x09", b"\x03"
    option = b"\x09\x00\x01\x00"
    assert whole.data.count(option + nanoseconds) == 1
    capture = tmp_path / "far.pcapng"
    capture.write_bytes(whole.data.replace(option + nanoseconds, option + milliseconds))

    assert "s after 1970" in run(capture).out
