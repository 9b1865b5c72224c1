"""A client that takes the steps of a card, and does all right but for one fault.

It has one thread that reads, and a queue for each pending call. A step that takes
longer than its patience is reported as failed, as ``docs/conformance.md`` asks.
"""

from __future__ import annotations

import itertools
import json
import queue
import socket
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from tests.inspector.conformance.counting import counter
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable

    from protocol import Json

_PLAN_S, _REPORT_S = PATIENCE, 2
_LOST: dict[str, Any] = {"lost": True}


class FaultyClient:
    """Connects when it is first needed, and again when it was cut.

    Args:
        port: Where the card is made.
        fault: Its fault; empty for none.
        patience_s: Seconds to wait for the end of a call.
    """

    def __init__(self, port: int, fault: str, patience_s: float) -> None:
        self._port, self.fault, self._patience_s = port, fault, patience_s
        self._link: _Link | None = None
        self._links: list[_Link] = []
        self._numbers = itertools.count(1)
        self._plain = threading.Lock()

    def close(self) -> None:
        for each in self._links:
            each.close()

    def take_steps(self) -> None:
        """Ask for the plan, do what it says, and report."""
        plan = self.call("conformance.plan", {}, _PLAN_S)["values"][0]
        for step in plan:
            report = {"check": step["check"], "got": self._together(step["calls"])}
            if "timeout" in self.call("conformance.got", report, _REPORT_S):
                self._link = None

    def _together(self, calls: list[dict[str, Any]]) -> list[Json]:
        begun = [
            self._begin(each["kind"], each["pattern"], each["data"]) for each in calls
        ]
        if self.fault == "half-closes":
            link, self._link = self._connected(), None
            link.say_no_more()
        until = time.monotonic() + self._patience_s
        got = [end(until) for end in begun]
        if any("timeout" in each for each in got):
            self._link = None  # who knows what it would read next
        return got

    def call(self, pattern: Json, data: Json, patience_s: float) -> Any:  # noqa: ANN401
        return self._begin("send", pattern, data)(time.monotonic() + patience_s)

    def _begin(self, kind: str, pattern: Json, data: Json) -> Callable[[float], Any]:
        """Send a packet; return what waits for all replies."""
        link = self._connected()
        packet: dict[str, Any] = {"pattern": pattern, "data": data}
        if self.fault == "patterns are strings" and isinstance(pattern, dict):
            packet["pattern"] = str(pattern)
        if self.fault == "drops falsy data" and not data:
            del packet["data"]
        if self.fault == "has a key of its own":
            packet["traceId"] = "a"
        replies: queue.Queue[dict[str, Any]] = queue.Queue()
        if kind == "send" or self.fault == "events have ids":
            call_id = self._new_id()
            packet["id"] = call_id
            link.pending[call_id] = replies
        link.write(packet)
        if kind == "emit":
            return lambda _: {"sent": True}
        return lambda until: self._collect(replies, until)

    def _new_id(self) -> Any:  # noqa: ANN401
        number = next(self._numbers)
        if self.fault == "ids are numbers":
            return number
        if self.fault == "an id for all":
            return "same"
        return f"{number:021x}"

    def _collect(
        self, replies: queue.Queue[dict[str, Any]], until: float
    ) -> dict[str, Any]:
        values: list[Any] = []
        while True:
            try:
                packet = replies.get(timeout=max(0, until - time.monotonic()))
            except queue.Empty:
                return {"values": values, "timeout": True}
            if packet is _LOST:
                return {"values": values, "failed": "connection lost"}
            end = self._take(packet, values)
            if end is not None:
                return {"values": values, **end}

    def _take(  # noqa: PLR0911 — a fault each
        self, packet: dict[str, Any], values: list[Any]
    ) -> dict[str, Any] | None:
        """Take a reply; return what is reported of the call if it has ended."""
        err, ended = packet.get("err"), bool(packet.get("isDisposed"))
        if self.fault == "any err is an error" and "err" in packet:
            return {"error": err}
        if err and self.fault != "response first":
            if self.fault == "waits for isDisposed" and not ended:
                return None
            if self.fault == "errors are texts":
                err = str(err)
            return {"error": err}
        if "response" in packet and not (
            packet["response"] is None and self.fault == "null is nothing"
        ):
            values.append(packet["response"])
        if self.fault == "one value for each call" and values:
            return {}
        if self.fault == "isDisposed is a key" and "isDisposed" in packet:
            return {}
        if err:
            return {"error": err}
        return {} if ended else None

    def _connected(self) -> _Link:
        if self._link is None or self._link.lost or self.fault == "connects each time":
            self._link = _Link(self._port, self)
            self._links.append(self._link)
        return self._link


class _Link:
    def __init__(self, port: int, client: FaultyClient) -> None:
        self._fault = client.fault
        self._socket = socket.create_connection(("127.0.0.1", port))
        self.pending: dict[Any, queue.Queue[dict[str, Any]]] = {}
        self.lost = False
        self._text, self._rest = "", b""
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def close(self) -> None:
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._reader.join()
        self._socket.close()

    def say_no_more(self) -> None:
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)

    def write(self, packet: dict[str, Any]) -> None:
        packet = (
            packet if self._fault != "writes NaN" else {**packet, "t": float("nan")}
        )
        text = json.dumps(packet, ensure_ascii=False, separators=(",", ":"))
        length = counter("writes", self._fault)(text)
        if self._fault == "counts a line end":
            text += "\n"
        with suppress(OSError):
            self._socket.sendall(f"{length}#{text}".encode())

    def _read(self) -> None:
        with suppress(OSError, ValueError):
            while data := self._socket.recv(1 << 16):
                self._feed(data)
        self.lost = True
        if self._fault == "hangs when cut":
            return
        for replies in self.pending.values():
            replies.put(_LOST)

    def _feed(self, data: bytes) -> None:
        if self._fault == "decodes each chunk":
            self._text += data.decode("utf-8", "replace")
        else:
            self._rest += data
            for cut in range(4):
                with suppress(UnicodeDecodeError):
                    part = self._rest[: len(self._rest) - cut]
                    self._text += part.decode()
                    self._rest = self._rest[len(part) :]
                    break
        while "#" in self._text:
            head, _, rest = self._text.partition("#")
            if self._fault == "passes over garbage" and not head.isdigit():
                self._text = ""
                return
            body = self._body(rest, int(head))
            if body is None:
                break
            self._text = rest[len(body) :]
            self._dispatch(json.loads(body))
            if self._fault == "one frame of a chunk":
                self._text = ""
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

    def _dispatch(self, packet: dict[str, Any]) -> None:
        call_id = packet.get("id")
        if self._fault == "takes replies in order" and self.pending:
            call_id = next(iter(self.pending))
        if self._fault == "fails at unknown ids" and call_id not in self.pending:
            raise ValueError(call_id)
        if self._fault == "wants its order of keys" and next(iter(packet)) == "id":
            return
        replies = self.pending.get(call_id)
        if replies is None:
            return
        replies.put(packet)
        if self._fault == "takes replies in order" and packet.get("isDisposed"):
            del self.pending[call_id]
