"""The longest that a request may take, however slowly its answer comes.

The timeout of a socket is one for each step: a peer that sends a byte before each of
them ends holds a request up for ever.
"""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def limited(connected: socket.socket, seconds: float) -> Iterator[None]:
    """Shut a socket down if the block takes too long, so that all its reads end.

    Args:
        connected: The socket; it may be closed in the block.
        seconds: How long the block may take.

    Raises:
        TimeoutError: It took longer, however it ended.
    """
    late = threading.Event()

    def end() -> None:
        late.set()
        with suppress(OSError):  # it is closed
            # Not the method of ssl, which lets the block go on without encryption.
            socket.socket.shutdown(connected, socket.SHUT_RDWR)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    except Exception:
        if not late.is_set():
            raise
    finally:
        timer.cancel()
        timer.join()
    if late.is_set():
        raise TimeoutError
