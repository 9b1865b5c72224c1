"""Findings as values: named as in JSON lines, ``docs/output.md``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from inspector.words import plural

from .reprs import listed

if TYPE_CHECKING:
    from inspector.findings.finding import Finding as Found
    from inspector.findings.finding import Severity
    from protocol import Json


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a developer should know about one place of a capture.

    Attributes:
        code: What it is, stable; ``docs/findings.md`` explains each.
        severity: How much it matters: ``error``, ``warning`` or ``note``.
        message: What happened, in words that may change.
        hint: What to do about it, in words that may change.
        connection: The number of the connection.
        sender: The side that caused it: ``client`` or ``server``.
        packet: The record in which it shows, as Wireshark counts.
        exchange: The number of the exchange that it is about; None for none.
        route: The route of that exchange.
        carrier: What the connection carries, such as ``tcp``, or what its server is
            known to speak; None where neither is known.
        channel: The subject that the exchange was sent to over a broker; else None.
    """

    code: str
    severity: Severity
    message: str
    hint: str
    connection: int
    sender: str
    packet: int
    exchange: int | None = None
    route: str | None = None
    carrier: str | None = None
    channel: str | None = None

    @classmethod
    def of(cls, found: Found) -> Finding:
        """Return what was found, without the connection that it was found on."""
        return cls(
            code=found.code,
            severity=found.severity,
            message=_printable(found.message),
            hint=_printable(found.hint),
            connection=found.connection.number,
            sender=found.sender,
            packet=found.packet,
            exchange=found.exchange,
            route=found.route,
            carrier=found.carrier,
            channel=None if found.channel is None else _printable(found.channel),
        )

    def to_dict(self) -> dict[str, Json]:
        """Return what the JSON line of the finding holds."""
        members = {"type": "finding"} | msgspec.structs.asdict(self)
        del members["route"]
        if self.channel is None:
            del members["channel"]
        members["from"] = members.pop("sender")
        members["severity"] = self.severity.value
        return members

    def __str__(self) -> str:
        place = f"packet {self.packet}"
        if self.exchange is not None:
            place += f", #{self.exchange} {self.route or ''}".rstrip()
        return f"{self.severity.value} {self.code} ({place}): {self.message}"

    def __repr__(self) -> str:
        return f"<Finding {self}>"


class Findings(list[Finding]):
    """A list of findings whose ``repr`` has a line for each, for failed assertions."""

    def __repr__(self) -> str:
        return listed(plural(len(self), "finding") if self else "no findings", self)


def _printable(text: str) -> str:
    """Return a text as a JSON line has it: a lone surrogate is replaced."""
    return text.encode("utf-8", "replace").decode()
