"""What is to be sent waits here, and a thread of its own sends it.

Whoever inspects hands over spans and metrics and goes on: nothing that the collector
does, or fails to do, holds it up. What waits is bounded: of spans the oldest are
dropped, of metrics there is the newest state alone, which has in it all before it.
"""

from __future__ import annotations

import random
import threading
import time
from collections import deque
from typing import TYPE_CHECKING

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
)
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans

from inspector.words import plural
from protocol.named_tuple import NamedTuple

from .encoding import SCHEMA, resource, scope
from .sending import METRICS, TRACES, Answer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .choosing import Chosen
    from .sending import Sender
    from .settings import Target

WAITING = 4_096
"""Spans that may wait."""
_BATCH = 512  # spans of one request
_BATCH_S = 1.0  # how long a span waits for others of its request
_LONGEST_S = 30.0  # between two attempts …
_AFTER_S = 300.0  # … whatever a collector asks for
_MOST_REFUSALS = 16  # that are said


class Pace(NamedTuple):
    """How long something may take.

    Attributes:
        first_s: Between a first attempt and the second, in seconds; later ones take
            twice as long as the one before.
        flush_s: To send what is left at the end.
    """

    first_s: float = 1.0
    flush_s: float = 5.0


class Left(NamedTuple):
    """What could not be sent.

    Attributes:
        dropped: Spans that were dropped, or refused, in all the run.
        spans: Spans that wait still.
        metrics: Whether the last state of the metrics does.
    """

    dropped: int
    spans: int
    metrics: bool


class Exporter:
    """Sends spans and metrics in a thread of its own, from when it is made.

    Args:
        sender: What sends.
        target: The collector, by which sentences call it.
        common: What is said of every service.
        pace: How long something may take.
        most: How many spans may wait.
    """

    def __init__(
        self,
        sender: Sender,
        target: Target,
        common: Mapping[str, str],
        pace: Pace = Pace(),  # noqa: B008 — it is immutable
        most: int = WAITING,
    ) -> None:
        self._sender, self._target, self._pace = sender, target, pace
        self._common, self._most = dict(common), most
        self._spans: deque[Chosen] = deque()
        self._metrics: bytes | None = None
        self._batch: list[Chosen] = []  # that is being sent
        self._changed = threading.Condition()
        self._sentences: deque[str] = deque(maxlen=16)
        self._dropped = self._dropped_before = 0
        self._failures = 0
        self._refused: set[tuple[str, str]] = set()
        self._deadline: float | None = None  # of the last attempts
        self._thread = threading.Thread(target=self._run, name="otlp", daemon=True)
        self._thread.start()

    def offer(self, chosen: Chosen, *, wait: bool = False) -> None:
        """Hand over a span.

        Args:
            chosen: The span, and whose it is.
            wait: Whether to wait for room, as long as the collector takes something.
        """
        with self._changed:
            while wait and len(self._spans) >= self._most and not self._failures:
                self._changed.wait()
            if len(self._spans) >= self._most:
                self._spans.popleft()
                self._dropped += 1
            self._spans.append(chosen)
            if len(self._spans) == 1 or len(self._spans) >= _BATCH:
                self._changed.notify_all()

    def put_metrics(self, request: bytes) -> None:
        """Hand over the metrics so far, as a request; it replaces one that waits."""
        with self._changed:
            self._metrics = request
            self._changed.notify_all()

    def sentences(self) -> list[str]:
        """Return what there is to say of the collector, each sentence once."""
        with self._changed:
            found = list(self._sentences)
            self._sentences.clear()
        return found

    def close(self) -> Left:
        """Send what is left, as far as time allows, and return the rest."""
        deadline = time.monotonic() + self._pace.flush_s
        with self._changed:
            self._deadline = deadline
            self._changed.notify_all()
        self._thread.join(self._pace.flush_s)
        with self._changed:
            spans = len(self._spans) + len(self._batch)
            return Left(self._dropped, spans, self._metrics is not None)

    def _run(self) -> None:
        try:
            while self._wait() and self._round():
                pass
        except Exception as error:  # noqa: BLE001 — whatever it is, the run goes on
            with self._changed:
                words = f"{type(error).__name__}: {error}"
                self._sentences.append(f"a fault, nothing more is sent: {words}")
                self._failures += 1
                self._changed.notify_all()
        finally:
            self._sender.close()

    def _wait(self) -> bool:
        """Wait until something is to be sent; False at the end, if nothing is."""
        with self._changed:
            while not self._spans and not self._batch and self._metrics is None:
                if self._deadline is not None:
                    return False
                self._changed.wait()
            if not self._batch:
                self._changed.wait_for(self._is_due, _BATCH_S)
        return True

    def _is_due(self) -> bool:
        full = len(self._spans) >= _BATCH
        return full or self._metrics is not None or self._deadline is not None

    def _round(self) -> bool:
        """Send what waits; answer whether to go on.

        At the end there is no other attempt that would come too late.
        """
        answers = [each for each in (self._send_metrics(), self._send_spans()) if each]
        failed = next((each for each in answers if each.again), None)
        if failed is None:
            self._note_success()
            return True
        delay_s = self._note_failure(failed)
        with self._changed:
            if self._deadline is None:
                self._changed.wait_for(lambda: self._deadline is not None, delay_s)
                return True
        left_s = self._left_s() or 0
        if delay_s < left_s:
            time.sleep(delay_s)
        return delay_s < left_s

    def _send_metrics(self) -> Answer | None:
        with self._changed:
            request = self._metrics
        if request is None:
            return None
        answer = self._sender.send(METRICS, request, self._left_s())
        with self._changed:
            if not answer.again:
                self._note_refusal(METRICS, answer)
                if self._metrics is request:
                    self._metrics = None
        return answer

    def _send_spans(self) -> Answer | None:
        with self._changed:
            while self._spans and len(self._batch) < _BATCH:
                self._batch.append(self._spans.popleft())
            self._changed.notify_all()
        if not self._batch:
            return None
        request = request_of(self._batch, self._common)
        answer = self._sender.send(TRACES, request, self._left_s())
        with self._changed:
            if not answer.again:
                self._note_refusal(TRACES, answer)
                refused = answer.rejected if answer.arrived else len(self._batch)
                self._dropped += min(max(refused, 0), len(self._batch))
                self._batch.clear()
        return answer

    def _note_refusal(self, signal: str, answer: Answer) -> None:
        """Note what the collector does not take, once, however much it is."""
        problem = why = answer.problem
        if not answer.arrived:
            problem = why = f"answers {problem}{self._target.hint}"
        elif answer.rejected:
            problem, why = f"rejects {answer.rejected:,}: {why}", f"rejects: {why}"
        known = (signal, why) in self._refused
        if problem and not known and len(self._refused) < _MOST_REFUSALS:
            self._refused.add((signal, why))
            self._sentences.append(f"{self._target}: {signal}: {problem}")

    def _note_success(self) -> None:
        with self._changed:
            if not self._failures:
                return
            self._failures = 0
            lost = self._dropped - self._dropped_before
            words = f"; {plural(lost, 'span')} dropped meanwhile" if lost else ""
            self._sentences.append(f"{self._target} is back{words}")

    def _note_failure(self, answer: Answer) -> float:
        """Note that the collector is away; return how long to wait, in seconds."""
        with self._changed:
            if not self._failures:
                self._dropped_before = self._dropped
                self._sentences.append(
                    f"{self._target} is away: {answer.problem}{self._target.hint}"
                )
            self._failures += 1
            self._changed.notify_all()  # nobody waits for room while it is
        backoff_s = self._pace.first_s * (1 << min(self._failures - 1, 16))
        backoff_s *= random.uniform(0.5, 1)  # noqa: S311 — not to come all at once
        return max(min(backoff_s, _LONGEST_S), min(answer.after_s or 0, _AFTER_S))

    def _left_s(self) -> float | None:
        deadline = self._deadline
        return None if deadline is None else max(deadline - time.monotonic(), 0.01)


def request_of(batch: Iterable[Chosen], common: Mapping[str, str]) -> bytes:
    """Return a request with spans, those of one service together."""
    services: dict[str, ScopeSpans] = {}
    for service, span in batch:
        if service not in services:
            services[service] = ScopeSpans(scope=scope(), schema_url=SCHEMA)
        services[service].spans.append(span)
    found = [
        ResourceSpans(
            resource=resource({**common, "service.name": service}), scope_spans=[spans]
        )
        for service, spans in services.items()
    ]
    return ExportTraceServiceRequest(resource_spans=found).SerializeToString()
