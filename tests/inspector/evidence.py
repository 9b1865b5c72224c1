"""What happened in the captures over brokers, in the words of the applications.

Every call that an application made becomes an :class:`Expected` exchange; what the
inspector finds in the capture is compared with those. All of it comes from the
manifest, so from inside the processes; see ``captures/README.md``. What a manifest says
differs from broker to broker: ``nats_evidence``, ``mqtt_evidence``,
``redis_evidence`` and ``rabbitmq_evidence`` read it.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from functools import cache
from math import inf
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.inspector.captures import ROOT
from tests.inspector.command import run

if TYPE_CHECKING:
    from pathlib import Path

UNTOLD = {"no_handler": "unanswered", "undelivered": "sent"}
"""Outcomes of which a caller never learns → what it sees of them."""
_LONG = 1_000  # characters from which on a manifest has a digest


def folder_of(carrier: str) -> Path:
    """Return where the captures over a carrier are."""
    return ROOT / "captures" / carrier


def captures_over(carrier: str) -> list[Path]:
    """Return the captures over a carrier, some compressed."""
    folder = folder_of(carrier)
    return sorted([*folder.glob("*.pcap"), *folder.glob("*.pcap.gz")])


def name_of(capture: Path) -> str:
    """Return the name of a capture, which its scenario and its manifest have too."""
    return capture.name.partition(".")[0]


def manifest_of(capture: Path) -> dict[str, Any]:
    """Return what the applications counted while a capture was made."""
    file = capture.with_name(f"{name_of(capture)}.json")
    manifest: dict[str, Any] = json.loads(file.read_bytes())
    return manifest


@cache
def exchanges_in(capture: Path, *options: str) -> list[dict[str, Any]]:
    """Return the exchanges that the command finds in a capture, which is read once.

    Raises:
        AssertionError: The command failed.
    """
    outcome = run("exchanges", capture, "--json", *options)
    assert outcome.code == 0, outcome.err
    return [line for line in outcome.lines if line["type"] == "exchange"]


def kept(data: Any) -> str:  # noqa: ANN401 — JSON
    """Return data as a manifest has it: as a digest, if it is long."""
    text = json.dumps(data, separators=(",", ":"), ensure_ascii=False)
    if len(text) <= _LONG:
        return text_of(data)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return text_of({"$sha256": digest, "$bytes": len(text.encode())})


def text_of(data: Any) -> str:  # noqa: ANN401 — JSON
    """Return data in a form that can be compared and counted."""
    return json.dumps(data, sort_keys=True, ensure_ascii=False)


class Key(NamedTuple):
    """What tells exchanges apart, in a form that can be counted.

    Attributes:
        data: As JSON with sorted keys.
        services: How many applications handled it; None where that is not compared.
    """

    kind: str
    route: str
    data: str
    outcome: str
    services: int | None = None


@dataclass(frozen=True)
class Expected:
    """A call or an event, as the applications saw it.

    Attributes:
        key: What it has in common with its exchange.
        values: How many values the caller was given.
        services: How many applications handled it.
        began: Unix time in seconds.
        ended: When it ended for the caller; infinite if it never did.
    """

    key: Key
    values: int
    services: int
    began: float
    ended: float

    @property
    def is_simple(self) -> bool:
        """Whether one service gave it one answer, or none to an event."""
        known = self.key.outcome in {"completed", "error", "sent"}
        return self.services == 1 and self.values <= 1 and known


@dataclass(frozen=True)
class Evidence:
    """What the applications of a capture counted.

    Attributes:
        manifest: All of it.
        expected: The exchanges that the capture has.
        calls: Those, and others that were never published.
    """

    manifest: dict[str, Any]
    expected: tuple[Expected, ...]
    calls: tuple[Expected, ...]

    @property
    def keys(self) -> Counter[Key]:
        """What the capture has, for comparison with what was found."""
        return Counter(each.key for each in self.expected)

    @property
    def secrets(self) -> list[str]:
        """Passwords in the capture."""
        return list(self.manifest["secrets"])

    @property
    def roles(self) -> dict[int, str]:
        """Port of each application's connections → its role."""
        return {
            connection["local"]: application["role"]
            for application in self.manifest["applications"]
            for connection in application["connections"]
        }

    def plain(self) -> list[Expected]:
        """Return those that ran alone, and that one service gave one answer, if any."""
        calls = sorted(self.calls, key=lambda each: each.began)
        nexts = [each.began for each in calls[1:]] + [inf]
        before = [-inf] + [each.ended for each in calls[:-1]]
        return [
            call
            for call, ended, began in zip(calls, before, nexts, strict=True)
            if call.is_simple and call.ended < began and ended < call.began
        ]
