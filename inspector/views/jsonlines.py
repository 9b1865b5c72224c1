"""JSON lines: one object a line, with the keys that docs/output.md promises."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING, Any

import msgspec

from inspector.explain.effects import Effect, effects
from inspector.explain.explanation import Explanation, verdict
from inspector.figures.summary import ChainSummary, Summary
from inspector.figures.timeline import Timeline, histogram
from inspector.filters.as_sent import (
    payload_as_sent,
    present,
    printable,
    value_as_sent,
)
from inspector.filters.keys import KEYS
from inspector.library.health import health_members
from inspector.streams.names import NO_NAMES
from protocol import (
    NEST_VERSIONS,
    UNDEFINED,
    Event,
    JsonText,
    Request,
    Response,
    dumps,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from inspector.calls.exchanges import Exchange, Kind
    from inspector.figures.latency import Latencies
    from inspector.figures.report import Report
    from inspector.figures.services import Service
    from inspector.filters.keys import Key
    from inspector.filters.projection import Column
    from inspector.findings.finding import Finding


class SummaryLine(Summary, frozen=True, tag_field="type", tag="summary"):
    """The totals, and what they say of the health of the services.

    Attributes:
        health: See :func:`inspector.library.health.health_members`.
    """

    health: dict[str, Any] = msgspec.field(default_factory=dict)


_COLUMNS = 60
"""Columns of a timeline, whatever the screen."""
_PACKET_KINDS = {
    Request: "request",
    Event: "event",
    Response: "response",
    type(None): None,
}
_OF_WAITING = {
    "number", "pattern", "route", "id", "connection", "client", "server", "time_ns",
}  # fmt: skip
"""What the line of an exchange that waits has of the line that will follow."""
_encode = msgspec.json.Encoder().encode


def _line_of_exchange(
    kind: str, keys: Sequence[Key], more: Sequence[str] = ()
) -> Callable[..., bytes]:
    """Return what makes a line of some keys of an exchange.

    A struct is the quickest to encode. All attributes are read by one expression that
    is compiled from the keys, as dataclasses do: to read them one after the other, by
    their names, takes longer than to encode them.

    Args:
        kind: The ``type`` of the line.
        keys: Those that it has; keys that the packets of an exchange lack are absent.
        more: Keys after these, whose values are given after the exchange.
    """
    fields = [*(key.name for key in keys), *more]
    names: dict[str, Any] = {_spell(key): key.spell for key in keys}
    names |= {_absent(key): key.absent for key in keys}
    names["UNDEFINED"] = UNDEFINED
    names["encode"] = _encode
    names["Line"] = msgspec.defstruct(
        "Line", fields, tag_field="type", tag=kind, gc=False
    )
    values = ", ".join(map(_expression, keys))
    source = f"lambda exchange, *more: encode(Line({values}, *more))"
    made: Callable[..., bytes] = eval(source, names)  # noqa: S307 — names of ours alone
    return made


def _expression(key: Key) -> str:
    """Return the expression of what a line has under a key."""
    read = f"exchange.{key.path}"
    if key.each:
        return f"[each.{key.each} for each in {read}]"
    if key.spell is None:
        return read
    if key.absent is ...:
        return f"{_spell(key)}({read})"
    # Without a call for what hardly any exchange has.
    value = f"value_{key.name}"
    spelled = f"{_spell(key)}({value})"
    return f"UNDEFINED if ({value} := {read}) is {_absent(key)} else {spelled}"


def _spell(key: Key) -> str:
    return f"spell_{key.name}"


def _absent(key: Key) -> str:
    return f"absent_{key.name}"


_OF_NAMES = {"connection.client_name", "connection.server_name"}
_OF_FEW = {"link", "passage"}
_plain_line = _line_of_exchange(
    "exchange", [key for key in KEYS if key.path not in _OF_NAMES | _OF_FEW]
)


@cache
def _line_of_few(named: bool) -> Callable[..., bytes]:  # noqa: FBT001 — for a cache
    without = set() if named else _OF_NAMES
    return _line_of_exchange(
        "exchange", [key for key in KEYS if key.path not in without]
    )


def exchange_line(exchange: Exchange) -> bytes:
    """Return an exchange as a line.

    Where nobody has a name, none is looked for. Nor is what only few have: a passage
    over a broker, and a link to the exchange for whose sake it was made.
    """
    unnamed = exchange.connection.names is NO_NAMES
    if unnamed and exchange.link is None and exchange.passage is None:
        return _plain_line(exchange)
    return _line_of_few(not unnamed)(exchange)


line_with = partial(_line_of_exchange, "exchange", KEYS)
"""Return what makes the line of an exchange with more keys after its own."""


def chosen_line(columns: Sequence[Column], exchange: Exchange) -> bytes:
    """Return an exchange with the chosen columns as its keys, as far as it has them."""
    return dumps(present({each.name: each.read(exchange) for each in columns}))


def finding_line(finding: Finding) -> bytes:
    """Return a finding as a line."""
    return _line({"type": "finding", **finding_members(finding)})


def finding_members(finding: Finding) -> dict[str, Any]:
    """Return the members of the line of a finding; a channel over a broker alone."""
    members = {
        "code": finding.code,
        "severity": finding.severity,
        "connection": finding.connection.number,
        "from": finding.sender,
        "packet": finding.packet,
        "exchange": finding.exchange,
        "message": printable(finding.message),
        "hint": printable(finding.hint),
        "carrier": finding.carrier,
    }
    if finding.channel is not None:
        members["channel"] = printable(finding.channel)
    return members


def explanation_line(explanation: Explanation, number: int) -> bytes:
    """Return what is found out about a frame as a line."""
    fix = explanation.right_frame
    return _line(
        {
            "type": "explanation",
            "number": number,
            "frame": _readable(explanation.raw),
            "verdict": explanation.judgement,
            "message": printable(verdict(explanation)),
            "lost": explanation.lost,
            "length": explanation.length,
            "units": explanation.units,
            "bytes": len(explanation.body),
            "code_points": explanation.points,
            "kind": _PACKET_KINDS[type(explanation.packet)],
            "route": value_as_sent(explanation.route),
            "packet": payload_as_sent(JsonText(explanation.body)) if fix else UNDEFINED,
            "effects": [_effect(effect) for effect in effects(explanation)],
            "fix": None if fix is None else _readable(fix),
        }
    )


def _effect(effect: Effect) -> dict[str, Any]:
    return {
        "follows": effect.next_input or None,
        "versions": effect.versions,
        "measured": [each.release for each in NEST_VERSIONS if effect.holds(each)],
        "nest": printable(effect.action),
    }


def timeline_line(
    timeline: Timeline, key: tuple[str, str, Kind], report: Report
) -> bytes:
    """Return a pattern over time, and how long its calls took, as a line."""
    row, first_ns = timeline.rows[key], report.first_ns or 0
    carrier, route, kind = key
    span_ns = report.last_ns - first_ns
    return _line(
        {
            "type": "timeline",
            "route": value_as_sent(route),
            "kind": kind,
            "count": row.count,
            "failed": row.failed,
            "first_ns": first_ns,
            "span_ns": span_ns,
            "columns": row.moments.columns(first_ns, span_ns, _COLUMNS),
            "latencies": _distribution(row.first),
            "durations": _distribution(row.last),
            "carrier": carrier,
        }
    )


def service_members(service: Service) -> dict[str, Any]:
    """Return the line, for programs, of a client and a server that it calls."""
    calls, latencies = service.calls, service.calls.latencies
    return {
        "carrier": service.pair.carrier,
        "client": printable(service.pair.client),
        "server": printable(service.pair.server),
        "calls": calls.count,
        "failed": calls.failed,
        "refused": calls.refused,
        "unanswered": calls.unanswered,
        "slow": service.slow,
        "events": service.events,
        "p50_ns": latencies.quantile(0.50),
        "p99_ns": latencies.quantile(0.99),
        "max_ns": latencies.maximum if latencies.count else None,
    }


def service_line(service: Service) -> bytes:
    """Return a client and a server that it asks as a line."""
    routes = value_as_sent(dict(service.routes.most_common()))
    return _line({"type": "service", **service_members(service), "routes": routes})


def _distribution(latencies: Latencies) -> dict[str, Any] | None:
    if not latencies.count:
        return None
    return {
        "p50_ns": latencies.quantile(0.50),
        "p99_ns": latencies.quantile(0.99),
        "max_ns": latencies.maximum,
        "ranges": [
            {"from_ns": low, "to_ns": high, "count": count}
            for low, high, count in histogram(latencies)
        ],
    }


_waiting = _line_of_exchange(
    "waiting",
    [key for key in KEYS if key.name in _OF_WAITING],
    ("waited_ns", "replies", "request_packets", "carrier"),
)


def waiting_line(exchange: Exchange, waited_ns: int) -> bytes:
    """Return an exchange that waits for longer than it should as a line."""
    packets = [packet.number for packet in exchange.request_packets]
    replies, carrier = len(exchange.replies), exchange.carrier
    return _waiting(exchange, waited_ns, replies, packets, carrier)


def capture_line(
    source: str, running_ns: int, dropped: int | None, files: Sequence[str]
) -> bytes:
    """Return how a live run captured its traffic, as a line."""
    return _line(
        {
            "type": "capture",
            "source": printable(source),
            "running_ns": running_ns,
            "dropped": dropped,
            "complete": not dropped,
            "files": [printable(file) for file in files],
        }
    )


def _chain_members(chain: ChainSummary) -> dict[str, Any]:
    """Return what requests of a route cause, routes as they travelled."""
    causes = [
        {**msgspec.structs.asdict(each), "route": value_as_sent(each.route)}
        for each in chain.causes
    ]
    own = {"route": value_as_sent(chain.route), "causes": causes}
    return {**msgspec.structs.asdict(chain), **own}


def chain_route_line(chain: ChainSummary) -> bytes:
    """Return what requests of a route cause as a line of its own."""
    return dumps({"type": "chain_route", **_chain_members(chain)})


def summary_line(report: Report) -> bytes:
    """Return the totals as a line."""
    totals = msgspec.structs.asdict(report.summary())
    if totals["chains"] is not msgspec.UNSET:
        totals["chains"] = [_chain_members(each) for each in totals["chains"]]
    return _encode(SummaryLine(**totals, health=health_members(report)))


def _line(members: dict[str, Any]) -> bytes:
    return _encode(present(members))


def _readable(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")
