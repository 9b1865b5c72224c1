"""One request of OTLP over HTTP, and what its answer means.

==========================  =====================================================
answer                      what becomes of what was sent
==========================  =====================================================
200                         it has arrived, but for what the answer rejects
429, 502, 503, 504          it is sent again, after ``Retry-After`` if that is there
no answer                   it is sent again
another status              it is dropped: it would be refused again
==========================  =====================================================

Source: OpenTelemetry Protocol Specification 1.x, "OTLP/HTTP Response" and "Failures".
"""

from __future__ import annotations

import gzip
import http.client
import ssl
import time
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceResponse,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceResponse,
)

from protocol.named_tuple import NamedTuple

from .limiting import limited

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .settings import Target

TRACES, METRICS = "traces", "metrics"
_AGAIN = frozenset({429, 502, 503, 504})
_LARGEST = 1 << 16  # bytes of an answer that are read
_LONGEST = 200  # characters of what a collector says
_SMALL = 1_024  # bytes; less is not worth to be compressed
_OK = 200


class Answer(NamedTuple):
    """What became of a request.

    Attributes:
        arrived: Whether the collector has it.
        again: Whether it is to be sent again.
        after_s: How long to wait before that at least; None if nobody says so.
        problem: What went wrong; empty for nothing.
        rejected: How many spans or points it has refused of what arrived.
    """

    arrived: bool
    again: bool = False
    after_s: float | None = None
    problem: str = ""
    rejected: int = 0


class Sender:
    """Sends requests to a collector, on one connection that stays open.

    Args:
        target: The collector.
        headers: Fields of each request besides.
        timeout_s: How long a request may take, in seconds; before that, as long for
            each address of the collector that does not answer.
    """

    def __init__(
        self, target: Target, headers: Mapping[str, str], timeout_s: float
    ) -> None:
        self._target, self._headers = target, headers
        self._timeout_s = timeout_s
        self._connection: http.client.HTTPConnection | None = None

    def send(self, signal: str, body: bytes, timeout_s: float | None = None) -> Answer:
        """Send a request; no error of the network or the collector is raised.

        Args:
            signal: ``traces`` or ``metrics``.
            body: The request, as Protocol Buffers.
            timeout_s: How long it may take, if less than usual.
        """
        deadline = time.monotonic() + min(self._timeout_s, timeout_s or self._timeout_s)
        reused = self._connection is not None
        answer = self._try(signal, body, deadline)
        if answer is None and reused:
            # A collector may close a connection on which nothing comes for a while.
            answer = self._try(signal, body, deadline)
        return answer or Answer(
            arrived=False, again=True, problem="the connection was closed"
        )

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            with suppress(OSError):
                self._connection.close()
        self._connection = None

    def _try(self, signal: str, body: bytes, deadline: float) -> Answer | None:
        """Send a request; None if the connection was closed instead of an answer."""
        try:
            return self._answer(signal, body, deadline)
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            self.close()
            return None
        except TimeoutError:
            problem = "no answer in time"
        except OSError as error:
            problem = (error.strerror or str(error)).lower()
        except http.client.HTTPException as error:
            problem = f"not an answer of HTTP ({type(error).__name__})"
        self.close()
        return Answer(arrived=False, again=True, problem=problem)

    def _answer(self, signal: str, body: bytes, deadline: float) -> Answer:
        fields = {"Content-Type": "application/x-protobuf", **self._headers}
        if len(body) >= _SMALL:
            body = gzip.compress(body, compresslevel=1, mtime=0)
            fields["Content-Encoding"] = "gzip"
        path = f"{self._target.path}/v1/{signal}"
        connection = self._opened(_left_s(deadline))
        with limited(connection.sock, _left_s(deadline)):
            connection.request("POST", path, body, fields)
            response = connection.getresponse()
            said = response.read(_LARGEST)
            is_last = bool(response.read(1)) or response.will_close
        if is_last:
            self.close()
        if response.status == _OK:
            return _arrived(signal, said)
        return Answer(
            arrived=False,
            again=response.status in _AGAIN,
            after_s=seconds_in(response.headers.get("Retry-After", "")),
            problem=f"{response.status} {response.reason}".strip()[:_LONGEST],
        )

    def _opened(self, timeout_s: float) -> http.client.HTTPConnection:
        """Return the connection, which is made if there is none."""
        connection = self._connection
        if connection is None:
            host, port = self._target.host, self._target.port
            if self._target.secure:
                context = ssl.create_default_context()
                connection = http.client.HTTPSConnection(
                    host, port, timeout=timeout_s, context=context
                )
            else:
                connection = http.client.HTTPConnection(host, port, timeout=timeout_s)
            self._connection = connection
            connection.connect()
        connection.sock.settimeout(timeout_s)
        return connection


def _left_s(deadline: float) -> float:
    """Return how long it is until then; a moment if it has passed."""
    return max(deadline - time.monotonic(), 0.01)


def seconds_in(text: str, now: datetime | None = None) -> float | None:
    """Return how long to wait by a ``Retry-After``; None if it does not say.

    Args:
        text: Seconds, or a date (RFC 9110, section 10.2.3).
        now: The time; None for that of the system.
    """
    if text.strip().isdecimal():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):  # the latter for a zone of many digits
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max((moment - (now or datetime.now(UTC))).total_seconds(), 0)


def _arrived(signal: str, said: bytes) -> Answer:
    """Return what an answer says that something has arrived, or not all of it."""
    try:
        if signal == TRACES:
            traces = ExportTraceServiceResponse.FromString(said).partial_success
            rejected, why = traces.rejected_spans, traces.error_message
        else:
            points = ExportMetricsServiceResponse.FromString(said).partial_success
            rejected, why = points.rejected_data_points, points.error_message
    except DecodeError:  # it has arrived all the same
        return Answer(arrived=True)
    return Answer(arrived=True, problem=why[:_LONGEST], rejected=rejected)
