from __future__ import annotations

import os
import select
import signal
import threading

import pytest

from servers.serving.signal_pipe import SignalPipe, blocked
from tests.patience import PATIENCE


def test_signals_are_collected_in_their_order() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with SignalPipe([signal.SIGTERM, signal.SIGHUP]) as pipe:
        assert pipe.taken() == b""
        os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGHUP)
        assert select.select([pipe.fd], [], [], PATIENCE)[0]
        assert set(pipe.taken()) == {signal.SIGTERM, signal.SIGHUP}
        assert pipe.taken() == b""
    assert signal.getsignal(signal.SIGTERM) == before
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(pipe.fd)


def test_signals_wait_for_the_end_of_a_block() -> None:
    with SignalPipe([signal.SIGTERM]) as pipe:
        with blocked():  # in this thread; others, of other tests, would take it
            signal.pthread_kill(threading.get_ident(), signal.SIGTERM)
            assert pipe.taken() == b""
        assert pipe.taken() == bytes([signal.SIGTERM])
