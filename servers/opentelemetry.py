"""Spans of OpenTelemetry for calls; the extra ``opentelemetry`` installs its API.

::

    instrument(service)     a span for each call that is handled
    instrument(nest)        … and for each call that a client makes, retries included

=====================  ===============  ==========================================
call                   kind of span     name
=====================  ===============  ==========================================
a message or stream    client           the route
… handled              server           the route
an event               producer         ``emit`` and the route
… handled              consumer         ``process`` and the route
=====================  ===============  ==========================================

The span of a message that is handled continues the trace of its caller; that of an
event begins one, with a link to it. The span of a stream ends with the stream. Traces
travel in ``metadata``, by the propagator that is configured, as :mod:`servers.tracing`
says; a malformed ``traceparent`` is dropped.

Source: OpenTelemetry Semantic Conventions 1.40, "RPC spans" and "Messaging spans".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from protocol import UNDEFINED, Json, route

from .client import BlockingClient, Client
from .server.streams import stream_of
from .tracing import trace_in

try:
    from opentelemetry import context as contexts
    from opentelemetry import propagate, trace
    from opentelemetry.trace import Link, SpanKind, Status, StatusCode
except ImportError as missing:
    raise ImportError(
        "servers.opentelemetry needs opentelemetry-api: "
        "pip install 'protocol-inspect[opentelemetry]'"
    ) from missing

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator

    from .client.middleware import ClientMiddleware, ClientProceed, Outgoing
    from .server import Context
    from .server.middleware import ServerMiddleware, ServerProceed
    from .server.registry import Registry

_Target = TypeVar("_Target", bound="Registry | Client | BlockingClient")

_SYSTEM = "nestjs"
_TRACE_KEYS = ("traceparent", "tracestate")


def instrument(target: _Target, tracer_provider: Any = None) -> _Target:  # noqa: ANN401
    """Make a span for each call; return the service or the client itself.

    Args:
        target: A service, or a client of either kind.
        tracer_provider: Where spans go; by default the one that is configured.
    """
    tracer = trace.get_tracer("servers", tracer_provider=tracer_provider)
    if isinstance(target, Client | BlockingClient):
        target.use(_client_spans(tracer, _place_of(target)))
    else:
        target.use(_server_spans(tracer))
    return target


def _client_spans(tracer: Any, place: dict[str, Any]) -> ClientMiddleware:  # noqa: ANN401
    async def spans(outgoing: Outgoing, proceed: ClientProceed) -> Any:  # noqa: ANN401
        is_event, name = outgoing.kind == "event", route(outgoing.pattern)
        span = tracer.start_span(
            f"emit {name}" if is_event else name,
            kind=SpanKind.PRODUCER if is_event else SpanKind.CLIENT,
            attributes=_attributes(name, "emit", is_event=is_event) | place,
        )
        with trace.use_span(
            span, record_exception=False, set_status_on_exception=False
        ):
            carrier: dict[str, str] = {}
            propagate.inject(carrier)
            metadata = _merged(outgoing.metadata, carrier)
            try:
                result = await proceed(outgoing.replace(metadata=metadata))
            except BaseException as error:
                _fail(span, error)
                raise
        if outgoing.kind == "stream":
            return _Spanned(result, span)
        span.end()
        return result

    return spans


def _server_spans(tracer: Any) -> ServerMiddleware:  # noqa: ANN401
    async def spans(context: Context, proceed: ServerProceed) -> Any:  # noqa: ANN401
        span = _server_span(tracer, context)
        try:
            result = await proceed()
        except BaseException as error:
            _fail(span, error)
            raise
        stream = stream_of(result)
        if stream is not None:
            return _spanned(stream, span)
        span.end()
        return result

    return spans


def _server_span(tracer: Any, context: Context) -> Any:  # noqa: ANN401
    """Begin the span of a call, which is the current one for as long as that lasts.

    Each call has a context of its own, so nothing is to be detached.
    """
    remote = propagate.extract(_carrier(context.metadata))
    name, is_event = context.route, context.is_event
    place = _split("client", context.peer)
    if is_event:
        caller = trace.get_current_span(remote).get_span_context()
        span = tracer.start_span(
            f"process {name}",
            context=contexts.Context(),
            kind=SpanKind.CONSUMER,
            links=[Link(caller)] if caller.is_valid else [],
            attributes=_attributes(name, "process", is_event=True) | place,
        )
    else:
        span = tracer.start_span(
            name,
            context=remote,
            kind=SpanKind.SERVER,
            attributes=_attributes(name, "", is_event=False) | place,
        )
    contexts.attach(trace.set_span_in_context(span, remote))
    return span


def _attributes(name: str, operation: str, *, is_event: bool) -> dict[str, Any]:
    if not is_event:
        return {"rpc.system.name": _SYSTEM, "rpc.method": name}
    return {
        "messaging.system": _SYSTEM,
        "messaging.operation.name": operation,
        "messaging.operation.type": "send" if operation == "emit" else operation,
        "messaging.destination.name": name,
    }


def _place_of(client: Client | BlockingClient) -> dict[str, Any]:
    """Return what is known of the server, if the client has one only."""
    names = [each.address for each in client.status]
    return _split("server", names[0]) if len(names) == 1 else {}


def _split(side: str, address: str) -> dict[str, Any]:
    host, _, port = address.rpartition(":")
    if not port.isdecimal():  # of a Unix socket
        return {f"{side}.address": address}
    return {f"{side}.address": host.strip("[]"), f"{side}.port": int(port)}


def _carrier(metadata: Json) -> dict[str, str]:
    """Return what a propagator may read of metadata."""
    if not isinstance(metadata, dict):
        return {}
    texts = {key: value for key, value in metadata.items() if isinstance(value, str)}
    valid = trace_in(metadata)
    for key in _TRACE_KEYS:
        texts.pop(key, None)
    return texts | (valid.metadata if valid is not None else {})


def _merged(metadata: Json, carrier: dict[str, str]) -> Json:
    """Return metadata with what a propagator wrote; what is no ``dict`` stays."""
    if metadata is UNDEFINED:
        return carrier or UNDEFINED
    return metadata | carrier if isinstance(metadata, dict) else metadata


def _fail(span: Any, error: BaseException) -> None:  # noqa: ANN401
    """End the span of a call that failed."""
    span.record_exception(error)
    span.set_attribute("error.type", type(error).__qualname__)
    span.set_status(Status(StatusCode.ERROR, str(error)))
    span.end()


async def _spanned(
    values: AsyncGenerator[Any, None],
    span: Any,  # noqa: ANN401
) -> AsyncGenerator[Any, None]:
    """Yield the values of a handler, then end its span."""
    try:
        async for value in values:
            yield value
    except GeneratorExit:  # the caller has left
        span.end()
        raise
    except BaseException as error:
        _fail(span, error)
        raise
    else:
        span.end()
    finally:
        await values.aclose()


class _Spanned:
    """The values that a client receives, until they end and the span with them."""

    def __init__(self, values: AsyncIterator[Any], span: Any) -> None:  # noqa: ANN401
        self._values = values
        self._span = span

    def __aiter__(self) -> _Spanned:
        return self

    async def __anext__(self) -> Any:  # noqa: ANN401
        try:
            return await anext(self._values)
        except StopAsyncIteration:
            self._span.end()
            raise
        except Exception as error:
            _fail(self._span, error)
            raise

    async def aclose(self) -> None:
        self._end()
        aclose = getattr(self._values, "aclose", None)
        if aclose is not None:
            await aclose()

    def _end(self) -> None:
        if self._span.is_recording():
            self._span.end()

    def __del__(self) -> None:
        self._end()
