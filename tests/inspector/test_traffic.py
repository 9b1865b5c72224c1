"""What passes while a block runs, before and after its end."""

from __future__ import annotations

import socket
import tempfile
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import pytest

from inspector.errors import InspectorError
from inspector.traffic import Traffic
from protocol import encode_frame

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_REQUEST = encode_frame(b'{"pattern":{"cmd":"sum"},"data":1,"id":"a"}')
_REPLY = encode_frame(b'{"response":1,"isDisposed":true,"id":"a"}')


@contextmanager
def _service() -> Iterator[int]:
    """Answer one request on each of some connections."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        held: list[socket.socket] = []

        def serve() -> None:
            while True:
                try:
                    sock, _ = listening.accept()
                except OSError:
                    return
                held.append(sock)
                threading.Thread(target=answer, args=(sock,)).start()

        def answer(sock: socket.socket) -> None:
            with sock, suppress(OSError):
                while sock.recv(1_000):
                    sock.sendall(_REPLY)

        thread = threading.Thread(target=serve)
        thread.start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)
        thread.join()


def _call(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(_REQUEST)
        assert client.recv(1_000) == _REPLY


def test_what_has_passed_is_seen_at_once_and_nothing_after_the_block() -> None:
    with _service() as port:
        with Traffic(port) as seen:
            assert seen.exchanges == []
            _call(seen.port)
            assert seen["cmd:sum"].count == seen["sum"].count == 1
            _call(seen.port)
        assert [call.response for call in seen.exchanges] == [1, 1]
        assert seen.report.messages == 2
        assert "│ sum 1 #1" in seen.ladder()
        assert "2 messages" in repr(seen)
        with pytest.raises(OSError, match="refused"):
            _call(seen.port)
        seen.discard()


def test_a_name_that_did_not_pass_is_said_with_those_that_did() -> None:
    with _service() as port, Traffic(port) as seen:
        with pytest.raises(KeyError, match="what passed: nothing"):
            seen["sum"]
        _call(seen.port)
        with pytest.raises(KeyError, match=r"no exchange of log .*: cmd:sum"):
            seen["log"]
    seen.discard()


def test_an_interface_that_is_not_there_is_an_error_and_nothing_is_left(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    with pytest.raises(InspectorError), Traffic(8888, interface="nowhere0"):
        pass
    assert list(tmp_path.iterdir()) == []
