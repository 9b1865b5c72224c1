"""W3C Trace Context: a trace crosses a service, from the call to the calls it makes.

::

    service.use(receive_trace)      the call that is handled: current_trace()
    nest.use(pass_trace)            … and what its handler calls gets the same

``traceparent`` and ``tracestate`` travel as strings in ``metadata``, under these names.
Nest 12 hands that to its handlers (``context.getMetadata()``) and takes it from its
clients (``setOnDispatchHook``); Nest 10 and 11 drop it. A trace passes unchanged, as a
system that makes no spans of its own has to pass it; ``servers.opentelemetry`` makes
spans. What is malformed is dropped.

Source: W3C Trace Context, sections 3.2 (traceparent) and 3.3 (tracestate).
"""

from __future__ import annotations

import re
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import msgspec

from protocol import UNDEFINED, Json

if TYPE_CHECKING:
    from .client.middleware import ClientProceed, Outgoing
    from .server import Context
    from .server.middleware import ServerProceed

_PARENT = re.compile(
    r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-[!-~]*)?"
)
_MEMBER = re.compile(
    r"[ \t]*([a-z0-9][a-z0-9_*/-]{0,255}"
    r"|[a-z0-9][a-z0-9_*/-]{0,240}@[a-z][a-z0-9_*/-]{0,13})"
    r"=[ -+\--<>-~]{0,255}[!-+\--<>-~][ \t]*"
)
_MEMBERS = 32  # of a tracestate at most
_SAMPLED = 1  # the flag of a trace that is recorded


class TraceContext(msgspec.Struct, frozen=True):
    """The place of a call in a trace.

    Attributes:
        traceparent: Version, trace, span and flags, as they came.
        tracestate: What tracing systems add; empty if that is nothing.
    """

    traceparent: str
    tracestate: str = ""

    @property
    def trace_id(self) -> str:
        """The trace, as 32 hexadecimal digits."""
        return self.traceparent[3:35]

    @property
    def span_id(self) -> str:
        """The span of the caller, as 16 hexadecimal digits."""
        return self.traceparent[36:52]

    @property
    def sampled(self) -> bool:
        """Whether the caller may have recorded its span."""
        return bool(int(self.traceparent[53:55], 16) & _SAMPLED)

    @property
    def metadata(self) -> dict[str, str]:
        """The two as they travel, or one."""
        found = {"traceparent": self.traceparent}
        return found | {"tracestate": self.tracestate} if self.tracestate else found


_current: ContextVar[TraceContext | None] = ContextVar("servers.tracing", default=None)


def current_trace() -> TraceContext | None:
    """Return the trace of the call that is handled; None if it has none.

    It is that of :func:`receive_trace`, which the service must use.
    """
    return _current.get()


def trace_in(metadata: Json) -> TraceContext | None:
    """Return the trace in the metadata of a call; None if it has none, or no valid one.

    A malformed ``tracestate`` is dropped alone, a malformed ``traceparent`` with it.
    """
    if not isinstance(metadata, dict):
        return None
    parent, state = metadata.get("traceparent"), metadata.get("tracestate")
    if not isinstance(parent, str) or not _is_traceparent(parent):
        return None
    kept = state if isinstance(state, str) and _is_tracestate(state) else ""
    return TraceContext(parent, kept)


def with_trace(metadata: Json, trace: TraceContext) -> Json:
    """Return metadata to which a trace is added.

    Metadata that has a ``traceparent`` keeps it; what is no ``dict`` stays as it is.
    """
    if metadata is UNDEFINED:
        return trace.metadata
    if isinstance(metadata, dict) and "traceparent" not in metadata:
        return metadata | trace.metadata
    return metadata


async def receive_trace(context: Context, proceed: ServerProceed) -> Any:  # noqa: ANN401
    """Keep the trace of a call while it is handled; a middleware for services.

    It is there in coroutines, threads, streams and tasks of the handler: each call has
    a context of its own, so it need not be taken back.
    """
    _current.set(trace_in(context.metadata))
    return await proceed()


async def pass_trace(outgoing: Outgoing, proceed: ClientProceed) -> Any:  # noqa: ANN401
    """Send the trace of the call that is handled; a middleware for clients."""
    trace = _current.get()
    if trace is not None:
        outgoing = outgoing.replace(metadata=with_trace(outgoing.metadata, trace))
    return await proceed(outgoing)


def _is_traceparent(text: str) -> bool:
    found = _PARENT.fullmatch(text)
    if found is None:
        return False
    version, trace, span, _, more = found.groups()
    if version == "ff" or not trace.strip("0") or not span.strip("0"):
        return False
    return version != "00" or more is None


def _is_tracestate(text: str) -> bool:
    members = [each for each in text.split(",") if each.strip(" \t")]
    found = [_MEMBER.fullmatch(each) for each in members]
    keys = {each[1] for each in found if each is not None}
    return 0 < len(keys) == len(members) <= _MEMBERS
