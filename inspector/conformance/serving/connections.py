"""Checks of servers: mistakes of a client, and the ends of connections."""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

from inspector.conformance.card import FailedError
from protocol import encode_frame

from .registry import Checks

if TYPE_CHECKING:
    from .target import Target

CHECKS = Checks()
_CORRUPT = "drops what it has read, sends a FIN, and serves all others"
_AGAIN = 20


def _corrupt(target: Target, garbage: bytes) -> None:
    """Make sure that garbage ends its connection, and no other."""
    with target.line() as bystander, target.line() as line:
        line.write(garbage)
        ended = line.has_ended()
        call_id = target.new_id()
        bystander.send(target.request(call_id))
        try:
            target.check_answered(bystander, call_id)
        except FailedError as error:
            raise FailedError(f"afterwards, on another connection: {error}") from None
    target.check_alive()
    if not ended:
        raise FailedError(f"keeps the connection for {target.patience_s:g} s")


@CHECKS.add("malformed-length", "after-an-error", _CORRUPT)
def _(target: Target) -> None:
    """Ends a connection whose length is not a number, and serves the others."""
    _corrupt(target, b'abc#{"pattern":"a"}')


@CHECKS.add("malformed-json", "after-an-error", _CORRUPT)
def _(target: Target) -> None:
    """Ends a connection whose body is not JSON, and serves the others."""
    _corrupt(target, b"10#{'a': 'b'}")


@CHECKS.add("empty-body", "after-an-error", f"{_CORRUPT}: nothing is not JSON")
def _(target: Target) -> None:
    """Ends a connection whose body is empty, and serves the others."""
    _corrupt(target, b"0#")


@CHECKS.add("negative-length", "after-an-error", _CORRUPT, advice=True)
def _(target: Target) -> None:
    """Ends a connection with a negative length, and serves the others."""
    _corrupt(target, b"-5#{}")


@CHECKS.add("huge-length", "reading", "waits, and serves all others")
def _(target: Target) -> None:
    """Serves others while a frame of 10^15 units begins."""
    with target.line() as line:
        line.write(b'1000000000000000#{"pattern":')
        target.check_alive()


@CHECKS.add("half-a-frame", "reading", "waits, and serves all others")
def _(target: Target) -> None:
    """Serves others while half a frame is pending, and after it is abandoned."""
    frame = encode_frame(target.request(target.new_id()))
    with target.line() as line:
        line.write(frame[: len(frame) // 2])
        target.check_alive()
    target.check_alive()


@CHECKS.add("abandoned-call", "7-lifecycle", "goes on, and drops the reply")
def _(target: Target) -> None:
    """Serves others after a client left before the reply."""
    with target.line() as line:
        line.send(*(target.request(target.new_id()) for _ in range(_AGAIN)))
    target.check_alive()


@CHECKS.add("half-closed", "7-lifecycle", "closes too; the reply may be lost")
def _(target: Target) -> None:
    """Ends its side when a client has sent a request and a FIN."""
    with target.line() as line:
        line.send(target.request(target.new_id()))
        line.say_no_more()
        if not line.has_ended():
            raise FailedError(f"keeps the connection for {target.patience_s:g} s")
    target.check_alive()


@CHECKS.add("many-connections", "7-lifecycle", "serves any number")
def _(target: Target) -> None:
    """Serves 20 connections that are open at once."""
    with ExitStack() as stack:
        for line in [stack.enter_context(target.line()) for _ in range(_AGAIN)]:
            call_id = target.new_id()
            line.send(target.request(call_id))
            target.check_answered(line, call_id)


@CHECKS.add("idle-connection", "7-lifecycle", "has no timeout for idle connections")
def _(target: Target) -> None:
    """Keeps a connection that is idle for a second."""
    with target.line() as line:
        for pause_s in (0, 1):
            time.sleep(min(pause_s, target.patience_s))
            call_id = target.new_id()
            line.send(target.request(call_id))
            target.check_answered(line, call_id)
