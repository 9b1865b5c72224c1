"""What happened in the captures over gRPC, in the words of the applications."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from protocol import dumps
from tests.inspector.evidence import captures_over, manifest_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

GRPC = captures_over("grpc")
_PATH = "/calc.Calculator/"
_NAMES = {"no_handler": "error"}
_COLORS = {"RED": 1}
_DEADLINE_EXCEEDED = 4


class Call(NamedTuple):
    """A call, as its client saw it.

    Attributes:
        route: Its path.
        sent: What was sent, as JSON: one message, or an array of several.
        outcome: How it ended.
        values: What came back, as JSON.
        error: The status of an error, and its message.
    """

    route: str
    sent: str
    outcome: str
    values: tuple[str, ...]
    error: tuple[int, str] | None


@cache
def called(capture: Path) -> Counter[Call]:
    """Return what the callers of a capture say."""
    applications = manifest_of(capture)["applications"]
    return sum((told(each) for each in applications), Counter())


def told(application: dict[str, Any]) -> Counter[Call]:
    """Return what one caller says, in what it has written."""
    return Counter(map(_call, application["calls"]))


def handled(capture: Path) -> Counter[str]:
    """Return how often each method had a message, as handlers say."""
    return Counter(
        f"{_PATH}{each['method']}"
        for application in manifest_of(capture)["applications"]
        for each in application["handled"]
    )


def found(lines: Iterable[dict[str, Any]]) -> Counter[Call]:
    """Return the exchanges among JSON lines, for the same comparison."""
    return Counter(_found(line) for line in lines if line["type"] == "exchange")


def whoever_ends(calls: Counter[Call]) -> Counter[Call]:
    """Return calls for a comparison in which either side may have ended one first.

    Both keep a deadline, and who leaves a stream of its own may be heard before its
    end is: a recording has one of both, which a run that is repeated need not have.
    """
    ended: Counter[Call] = Counter()
    for call, count in calls.items():
        ended[_whoever_ends(call)] += count
    return ended


def _whoever_ends(call: Call) -> Call:
    if call.error is not None and call.error[0] == _DEADLINE_EXCEEDED:
        outcome = "incomplete" if call.values else "unanswered"
        return call._replace(outcome=outcome, error=None)
    if call.sent.startswith("[") and call.outcome == "incomplete":
        return call._replace(outcome="completed")
    return call


def _found(line: dict[str, Any]) -> Call:
    values = [each["response"] for each in line["replies"] if "response" in each]
    error = line["replies"][-1].get("err") if line["replies"] else None
    outcome = _NAMES.get(line["outcome"], line["outcome"])
    return Call(
        line["route"],
        _text(line.get("data", [])),
        outcome,
        tuple(map(_text, values)),
        None if error is None else (error["code"], error["message"]),
    )


def _call(call: dict[str, Any]) -> Call:
    """Return a call; who leaves a stream of its own has ended it by then."""
    name, sent = call["method"], call["sent"]
    streams = name in {"add", "chat"}
    outcome, error = call["end"], call.get("error")
    values = tuple(_text(value) for value in call["values"])
    if outcome == "left" and streams:
        outcome, sent = "completed", sent[: len(values)]
    elif outcome == "left" or (error and error["code"] == _DEADLINE_EXCEEDED):
        outcome, error = "incomplete" if values else "unanswered", None
    return Call(
        f"{_PATH}{name.title()}",
        _text(sent if streams else sent[0]),
        outcome,
        values,
        None if error is None else (error["code"], error["details"]),
    )


def _text(value: object) -> str:
    return dumps(_plain(value)).decode()


def _plain(value: object) -> object:
    """Return a value without what the words of both sides differ in.

    Nest's library gives 64 bits as two numbers and fields of their default value, the
    JSON of Protocol Buffers gives text, and leaves these out.
    """
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if not isinstance(value, dict):
        if isinstance(value, str) and len(value) > 1_000:
            return {"$characters": len(value)}
        return value
    if value.keys() == {"low", "high", "unsigned"}:
        return str((value["high"] << 32) + value["low"])
    if value.keys() == {"$bytes"}:
        return value["$bytes"]
    plain = {key: _plain(each) for key, each in value.items()}
    if plain.get("color") in _COLORS:
        plain["color"] = _COLORS[plain["color"]]  # type: ignore[index]
    return {
        key: plain[key] for key in sorted(plain) if plain[key] not in (0, "", {}, [])
    }
