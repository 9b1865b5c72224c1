"""A server in a hundred lines that does everything right, but for one planted fault.

It handles ``sum``, ``echo``, ``count`` (a stream), ``fail``, ``log`` (an event),
``slow`` and the object ``{"cmd":"sum","of":"numbers"}``.
"""

from __future__ import annotations

import json
import socket
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from protocol import NO_MESSAGE_HANDLER, UNDEFINED
from tests.inspector.conformance.counting import counter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protocol import Json

MISSING = UNDEFINED
_SLOW_S = 0.05


class FaultyServer:
    """Serves each connection by a thread of its own.

    Args:
        fault: Its fault; empty for none.
    """

    def __init__(self, fault: str = "") -> None:
        self.fault = fault
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._socket.getsockname()[1]
        self._sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self.stopped = threading.Event()
        self._accepting = threading.Thread(target=self._accept)
        self._accepting.start()

    @classmethod
    @contextmanager
    def serving(cls, fault: str = "") -> Iterator[FaultyServer]:
        """Serve, and end all threads."""
        server = cls(fault)
        try:
            yield server
        finally:
            server.stop()

    def stop(self) -> None:
        self.stopped.set()
        self.stop_accepting()
        self._accepting.join()
        for each in self._sockets:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()

    def stop_accepting(self) -> None:
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                sock, _ = self._socket.accept()
                self._sockets.append(sock)
                thread = threading.Thread(target=_Connection(self, sock).run)
                self._threads.append(thread)
                thread.start()


class _Connection:
    def __init__(self, server: FaultyServer, sock: socket.socket) -> None:
        self._server, self._socket, self._fault = server, sock, server.fault
        self._text, self._rest = "", b""
        self._lock = threading.Lock()
        self._workers: list[threading.Thread] = []

    def run(self) -> None:
        if self._fault == "greets":
            self._socket.sendall(b"hello\n")
        with suppress(OSError):
            try:
                while data := self._socket.recv(1 << 16):
                    self._feed(data)
            except ValueError:
                self._corrupt()
        for worker in self._workers:
            worker.join()
        if self._fault == "keeps half-closed":
            self._server.stopped.wait()
        self._socket.close()

    def _corrupt(self) -> None:
        if self._fault == "keeps corrupt connections":
            while self._socket.recv(1 << 16):
                pass
        if self._fault == "stops at garbage":
            self._server.stop_accepting()

    def _feed(self, data: bytes) -> None:
        if self._fault == "decodes each chunk":
            self._text += data.decode("utf-8", "replace")
        else:
            self._rest += data
            whole = self._rest
            for cut in range(4):
                with suppress(UnicodeDecodeError):
                    part = whole[: len(whole) - cut]
                    self._text += part.decode()
                    self._rest = whole[len(part) :]
                    break
            else:
                self._text += whole.decode("utf-8", "replace")
                self._rest = b""
        self._cut()

    def _cut(self) -> None:
        while "#" in self._text:
            head, _, rest = self._text.partition("#")
            length = int(head)
            if length <= 0:
                raise ValueError(head)
            body = self._body(rest, length)
            if body is None:
                if self._fault == "a chunk is a frame":
                    self._text = ""
                return
            self._text = rest[len(body) :]
            if self._fault == "one frame of a chunk":
                self._text = ""
            self._handle(json.loads(body))
        if self._fault == "a chunk is a frame":
            self._text = ""

    def _body(self, rest: str, length: int) -> str | None:
        count = counter("reads", self._fault)
        if self._fault == "splits at #":
            rest = rest.split("#", 1)[0]
        if len(rest) == count(rest):
            return rest[:length] if len(rest) >= length else None
        units = 0
        for at, character in enumerate(rest):
            units += count(character)
            if units >= length:
                return rest[: at + 1]
        return None

    def _handle(self, packet: Json) -> None:
        if not isinstance(packet, dict) or "pattern" not in packet:
            if self._fault == "answers what is no request" and packet:
                self._write({"err": "what?", "isDisposed": True, "id": "1"})
            return
        if self._fault == "wants its order of keys" and next(iter(packet)) == "id":
            return
        if self._fault == "refuses other keys" and packet.keys() - {
            "pattern",
            "data",
            "id",
        }:
            raise ValueError(packet)
        call_id = packet.get("id", MISSING)
        if self._fault == "falsy ids are events" and not call_id:
            call_id = MISSING
        worker = threading.Thread(target=self._answer, args=(packet, call_id))
        self._workers = [each for each in self._workers if each.is_alive()]
        if packet["pattern"] == "slow" and self._fault != "one after another":
            self._workers.append(worker)
            worker.start()
        else:
            worker.run()

    def _answer(self, packet: dict[str, Any], call_id: Json) -> None:
        replies = self._replies(packet)
        if call_id is MISSING and self._fault != "answers events":
            return
        if self._fault == "ids are strings":
            call_id = str(call_id)
        for reply in replies:
            self._write({**reply, "id": None if call_id is MISSING else call_id})
            if self._fault == "closes after errors" and "err" in reply:
                self._socket.shutdown(socket.SHUT_RDWR)

    def _replies(self, packet: dict[str, Any]) -> list[dict[str, Any]]:
        name, data = packet["pattern"], packet.get("data")
        name = self._name(name)
        if name == "fail":
            return self._failure()
        if name == "count":
            return self._stream()
        if name == "slow":
            time.sleep(_SLOW_S)
        if name == "echo":
            if self._fault == "truncates" and isinstance(data, float):
                data = int(data)
            return self._last(data)
        if name in {"sum", "log", "slow"}:
            return self._last(sum(data) if isinstance(data, list) else 0)
        if self._fault == "is silent without a handler":
            return []
        return [{"status": "error", "err": NO_MESSAGE_HANDLER}]

    def _name(self, pattern: Json) -> str:
        if pattern == '{"cmd":"sum","of":"numbers"}':
            return "" if self._fault == "objects only" else "sum"
        if isinstance(pattern, dict):
            exact = json.dumps(pattern) == '{"cmd": "sum", "of": "numbers"}'
            if not exact and self._fault == "order in patterns":
                return ""
            return "sum"
        return str(pattern)

    def _last(self, value: Json) -> list[dict[str, Any]]:
        if self._fault == "does not end calls":
            return [{"response": value}]
        if self._fault == "isDisposed is 1":
            return [{"response": value, "isDisposed": 1}]
        reply = {"response": value, "isDisposed": True}
        if self._fault == "another key":
            reply["traceId"] = "a"
        return [reply, reply] if self._fault == "ends twice" else [reply]

    def _failure(self) -> list[dict[str, Any]]:
        error = {"status": "error", "message": "Internal server error"}
        if self._fault == "errors are values":
            return [{"response": error, "isDisposed": True}]
        return [{"err": error, "isDisposed": True}]

    def _stream(self) -> list[dict[str, Any]]:
        if self._fault == "a stream is a list":
            return [{"response": [0, 1, 2], "isDisposed": True}]
        values: list[dict[str, Any]] = [{"response": each} for each in range(3)]
        return [*values, {"isDisposed": True}]

    def _write(self, packet: dict[str, Any]) -> None:
        text = json.dumps(packet, ensure_ascii=False, separators=(",", ":"))
        body = text.encode("utf-8", "backslashreplace")
        length = counter("writes", self._fault)(body.decode())
        ending = b"\n" if self._fault == "a line for each frame" else b""
        with self._lock, suppress(OSError):
            self._socket.sendall(b"%d#%b%b" % (length, body, ending))
