"""What happened in the captures of gateways, in the words of the applications.

Every event that a client sent, and every one that it was sent, becomes a :class:`Key`;
what the inspector finds in the capture is compared with those. All of it comes from the
manifest, so from inside the processes; see ``captures/README.md``.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.inspector.captures import ROOT
from tests.inspector.evidence import kept, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from protocol import Json

FOLDERS = tuple(ROOT / "captures" / name for name in ("ws", "socketio"))
GATEWAYS = sorted(
    capture
    for folder in FOLDERS
    for pattern in ("*.pcap", "*.pcap.gz")
    for capture in folder.glob(pattern)
)
"""The captures of gateways."""
_ATTACHED = "an attachment"


class Key(NamedTuple):
    """What distinguishes exchanges, in a form that can be counted.

    Attributes:
        asks: Who has sent the event: ``client`` or ``gateway``.
        route: Its name.
        data: As JSON with sorted keys.
        outcome: How it ended.
    """

    asks: str
    route: str
    data: str
    outcome: str


@dataclass(frozen=True)
class Evidence:
    """What the applications of a capture have counted.

    Attributes:
        manifest: All of it.
        keys: The exchanges that the capture has.
    """

    manifest: dict[str, Any]
    keys: Counter[Key]

    @property
    def secrets(self) -> list[str]:
        """Tokens in the capture."""
        return list(self.manifest["secrets"])

    @property
    def nest(self) -> int:
        """The version of Nest."""
        return int(self.manifest["nest_version"].partition(".")[0])

    @property
    def clients(self) -> list[dict[str, Any]]:
        """What each client counted."""
        applications = self.manifest["applications"]
        return [each for one in applications for each in one["clients"]]

    @property
    def handled(self) -> list[dict[str, Any]]:
        """What the handlers of the gateway were called with."""
        applications = self.manifest["applications"]
        return [each for one in applications for each in one["handled"]]


@cache
def evidence(capture: Path) -> Evidence:
    """Return what the applications counted while a capture was made."""
    name = capture.name.partition(".")[0]
    manifest = json.loads((capture.parent / f"{name}.json").read_bytes())
    whole = Evidence(manifest, Counter())
    answered = Counter(each["event"] for each in whole.handled if each.get("answered"))
    for client in whole.clients:
        whole.keys.update(_sent(client))
        whole.keys.update(_received(client, answered))
    return whole


def _sent(client: dict[str, Any]) -> Iterator[Key]:
    """Yield the events that a client sent; an exception says which of them failed."""
    failed = Counter(filter(None, map(_cause, client["received"])))
    for call in client["calls"]:
        data = _plain(call["data"])
        outcome = {"pending": "unanswered"}.get(call["end"], call["end"])
        if outcome != "completed" and failed[call["event"], data]:
            failed[call["event"], data] -= 1
            outcome = "error"
        yield Key("client", call["event"], data, outcome)


def _received(client: dict[str, Any], answered: Counter[str]) -> Iterator[Key]:
    """Yield the events that a client was sent, but for exceptions with a cause."""
    for seen in client["received"]:
        if _cause(seen) is None:
            outcome = "completed" if answered[seen["event"]] else "sent"
            yield Key("gateway", seen["event"], _plain(seen.get("data")), outcome)


def _cause(seen: dict[str, Any]) -> tuple[str, str] | None:
    """Return the pattern and the payload that an exception repeats."""
    data = seen.get("data")
    if seen["event"] != "exception" or not isinstance(data, dict):
        return None
    cause = data.get("cause")
    if cause is None:
        return None
    return cause["pattern"], _plain(cause.get("data", {"$undefined": True}))


def _plain(value: Json) -> str:
    return text_of(_without_bytes(value))


def _without_bytes(value: Json) -> Json:
    """Return a value with the same word for each attachment, however it is noted."""
    if isinstance(value, list):
        return [_without_bytes(each) for each in value]
    if not isinstance(value, dict):
        return value
    if "_placeholder" in value or ("$bytes" in value and "$sha256" not in value):
        return _ATTACHED
    return {key: _without_bytes(each) for key, each in value.items()}


def found(lines: Iterable[dict[str, Any]], port: int) -> Counter[Key]:
    """Return the exchanges among the lines of ``--json``, for the same comparison.

    Args:
        lines: The lines.
        port: Of the gateway.
    """
    return Counter(
        Key(
            "client" if line["server"].endswith(f":{port}") else "gateway",
            line["route"],
            kept(_without_bytes(line["data"])) if "data" in line else _UNDEFINED,
            line["outcome"],
        )
        for line in lines
        if line["type"] == "exchange"
    )


_UNDEFINED = text_of({"$undefined": True})
