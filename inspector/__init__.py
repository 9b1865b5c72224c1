"""The observer: captures of TCP traffic to exchanges between Nest services.

::

    from inspector import inspect

    for call in inspect("nest.pcap"):
        print(call.route, call.latency_ms, call.data, call.replies)

``docs/library.md`` is the guide to this door. The floors below it, each of which sees
only those below:

pytest_plugin  a fixture that watches what passes during a test
traffic     what passes while a block of a program runs
cli         the command ``protocol-inspect``
commands    its commands, each with its options
telemetry   what a run shows, sent to a collector of OpenTelemetry
web         the page of a live run, for browsers beside it
browser     captures and live traffic to look through on a terminal
page        the report as one file of HTML, to look around in
views       exchanges, packets and reports for people and for programs
fleet       what several hosts captured, as one report
library     exchanges, findings and reports as values of Python: this door
columnar    exchanges as columns: Arrow, Parquet, and SQL over them
comparing   two captures to what differs between them by more than chance
contracts   what the payloads of each pattern are, as documents, and what violates them
shapes      payloads to what they have in common, and what is claimed of them
redaction   what is hidden in all that is shown, and in a capture that is shared
checkup     what of this machine can be used, and what mends the rest
conformance  whether a peer in any language speaks as Nest does
journal     what every packet carried
filters     expressions that choose exchanges, columns and conditions
pipeline    the whole inspection, in the order that the bytes take
listening   what listens between the stages
express     plain traffic in as few steps as it takes
figures     exchanges and findings to totals
findings    what a developer should know, and the words for it
explain     a frame by itself: its right length, and what Nest does with it
calls       packets to exchanges: who asked what, and who answered
carriers    bytes of a connection to packets, as each transport carries them
tls         what TLS protects, for those who have a key log
tcp         segments to consecutive bytes of a connection
headers     link and network headers, up to that of TCP
sources     files, pipes, interfaces and a proxy to records
streams     what all floors above know of connections and packets
errors      what stops an inspection
limits      how much is kept while it is read
installing  the command that installs a package for the Python that runs
plugins     third-party packages: found, and their errors contained
additions   commands and hooks of other packages
ranges      which exchanges or packets, in the fewest words
shorthand   patterns and values written short, and the names that find them
words       quantities as a person reads them
wireshark   a dissector for Wireshark, in Lua

The words:

record      one captured packet of a capture file, numbered from 1 as Wireshark does
segment     the TCP segment in a record
chunk       consecutive bytes of one direction, carried by one data packet
gap         bytes of a direction that the capture lacks
exchange    a request and its replies, or an event
finding     something that a developer should know, with its cause and its fix
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from protocol import UNDEFINED

    from .calls.exchanges import Kind, Outcome
    from .carriers.base import CarrierWarning
    from .errors import (
        AlreadyReadError,
        DamagedCaptureError,
        ExpressionError,
        InspectorError,
        UnreadableCaptureError,
    )
    from .figures.summary import CarrierSummary
    from .findings.finding import Severity
    from .findings.registry import FindingsWarning
    from .library.advice import Finding, Findings
    from .library.exchange import Exchange
    from .library.inspection import Inspection, inspect
    from .library.overview import Pattern, Report
    from .library.reply import Reply
    from .limits import Limits
    from .sources.records import PacketRecord

__all__ = [
    "UNDEFINED",
    "AlreadyReadError",
    "CarrierSummary",
    "CarrierWarning",
    "DamagedCaptureError",
    "Exchange",
    "ExpressionError",
    "Finding",
    "Findings",
    "FindingsWarning",
    "Inspection",
    "InspectorError",
    "Kind",
    "Limits",
    "Outcome",
    "PacketRecord",
    "Pattern",
    "Reply",
    "Report",
    "Severity",
    "UnreadableCaptureError",
    "inspect",
]

_HOMES = {
    "UNDEFINED": "protocol",
    "Exchange": "inspector.library.exchange",
    "Reply": "inspector.library.reply",
    "Finding": "inspector.library.advice",
    "Findings": "inspector.library.advice",
    "Pattern": "inspector.library.overview",
    "Report": "inspector.library.overview",
    "Inspection": "inspector.library.inspection",
    "inspect": "inspector.library.inspection",
    "CarrierSummary": "inspector.figures.summary",
    "CarrierWarning": "inspector.carriers.base",
    "FindingsWarning": "inspector.findings.registry",
    "Kind": "inspector.calls.exchanges",
    "Outcome": "inspector.calls.exchanges",
    "Severity": "inspector.findings.finding",
    "Limits": "inspector.limits",
    "PacketRecord": "inspector.sources.records",
}
"""Public name → the module that has it, loaded when the name is asked for.

The command imports this package too, and need not wait for the library. Errors are all
of one module.
"""


if not TYPE_CHECKING:  # who checks types shall not take every name for one of ours

    def __getattr__(name: str) -> object:
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(_HOMES.get(name, "inspector.errors")), name)
        globals()[name] = value  # so that it is asked for once
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
