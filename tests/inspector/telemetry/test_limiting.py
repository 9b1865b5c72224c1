"""A block with a socket ends in time, and one that did is left alone."""

from __future__ import annotations

import socket

import pytest

from inspector.telemetry.limiting import limited
from tests.patience import PATIENCE


def test_a_block_in_time_is_left_alone() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        with limited(ours, PATIENCE):
            ours.sendall(b"a")
        with pytest.raises(KeyError), limited(ours, PATIENCE):
            raise KeyError
        theirs.sendall(b"b")

        assert (theirs.recv(1), ours.recv(1)) == (b"a", b"b")


def test_a_block_that_waits_ends_as_one_that_is_late() -> None:
    ours, theirs = socket.socketpair()
    read: list[bytes] = []
    with ours, theirs, pytest.raises(TimeoutError), limited(ours, 0.01):
        read.append(ours.recv(1))

    assert read == [b""]


def test_one_that_fails_late_is_late() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs, pytest.raises(TimeoutError), limited(ours, 0.01):
        int(ours.recv(1))
