from __future__ import annotations

import os
import signal

from servers.serving.worker import RENEWING, Worker, become_worker


def test_a_worker_tells_its_process() -> None:
    reading, writing = os.pipe()
    Worker(1, writing, -1).ready()
    os.close(writing)
    with os.fdopen(reading) as told:
        assert told.read() == f"{os.getpid()}\n"


def test_a_worker_without_a_supervisor_tells_nobody() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    Worker(1, writing, -1).ready()
    os.close(writing)


def test_a_worker_leaves_to_the_supervisor_what_a_terminal_sends() -> None:
    numbers = [signal.SIGINT, signal.SIGTERM, signal.SIGCHLD, RENEWING]
    before = [signal.getsignal(each) for each in numbers if each is not None]
    try:
        become_worker()
        ignored, default = signal.SIG_IGN, signal.SIG_DFL
        after = [signal.getsignal(each) for each in numbers if each is not None]
        assert after == [ignored, default, default, ignored]
    finally:
        for number, handler in zip(numbers, before, strict=True):
            assert number is not None
            signal.signal(number, handler)
