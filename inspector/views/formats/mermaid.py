"""A ladder, a chain, or a map of services, as a diagram in Mermaid, for a document.

Sources: https://mermaid.js.org/syntax/sequenceDiagram.html: arrows, notes, and entity
codes for ``#`` and ``;``, which have a meaning of their own;
https://mermaid.js.org/config/directives.html: ``%%{`` begins a setting anywhere;
https://mermaid.js.org/syntax/flowchart.html: nodes whose names are in quotes, and
arrows with text. Mermaid refuses a flowchart of more than 500 arrows (``maxEdges``).
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from inspector.calls.exchanges import Kind
from inspector.calls.participants import participants
from inspector.figures.services import folded, named
from inspector.shorthand import short
from inspector.views.ladder_lanes import speaker_name
from inspector.views.ladder_rows import Ladder, Note
from inspector.views.output_format import Format, registered
from inspector.views.rendering import ELLIPSIS, safe
from inspector.words import duration, plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from inspector.calls.chains.trees import Node
    from inspector.figures.services import Service
    from inspector.journal import CapturedPacket
    from inspector.streams.connections import Connection
    from inspector.views.ladder_rows import Arrow, Row
    from inspector.views.output_format import Found, LadderOptions

_LONGEST = 60  # characters of a label
_CODES = str.maketrans(
    {"#": "#35;", ";": "#59;", "<": "#lt;", ">": "#gt;", "%": "#37;"}
)
_IN_QUOTES = str.maketrans({'"': "#quot;", "`": "#96;", "&": "#amp;"})
_MOST_DRAWN = 40
"""Clients and servers of a map that is not folded: at most 400 arrows."""
_ARROWS = {"request": "->>", "event": "-)", "reply": "-->>"}


@registered("a diagram")
class Mermaid(Format):
    """A sequence diagram, or a flowchart; who reads it draws it."""

    def ladder(
        self,
        packets: Iterator[CapturedPacket],
        found: Found,
        options: LadderOptions,
    ) -> None:
        """Write what passed, an arrow or a note on each line; nothing for nothing."""
        rows = Ladder.of(options).rows(packets)
        first = next(rows, None)
        if first is not None:
            for line in mermaid_lines(chain([first], rows)):
                self.write_line(line.encode())

    def chain(self, chains: Iterator[Node], found: Found, number: int | None) -> None:
        """Write what each request caused, an arrow on each line, as one diagram."""
        for line in mermaid_chains(chains):
            self.write_line(line.encode())

    def services(self, services: Sequence[Service], found: Found) -> None:
        """Write who asks whom, an arrow on each line; nothing for nothing."""
        shown = named(services, found.report().names)
        if shown:
            for line in flowchart_lines(folded(shown, _MOST_DRAWN)):
                self.write_line(line.encode())


def mermaid_chains(roots: Iterable[Node]) -> Iterator[str]:
    """Yield the lines of a diagram of chains: a request and a reply for each exchange.

    Who handled a request is who asks what was made for its sake, whatever its port.
    """
    known: dict[str, str] = {}
    yield "sequenceDiagram"
    for root in roots:
        arrows: list[tuple[int, int, str]] = []
        for node, sender in _asked(root, f"client {root.client}"):
            ends = []
            for name in (sender, node.receiver):
                if name not in known:
                    known[name] = f"p{len(known)}"
                    yield f"    participant {known[name]} as {_coded(_cut(safe(name)))}"
                ends.append(known[name])
            arrows += _arrows_of(node, ends[0], ends[1])
        for _, _, line in sorted(arrows):
            yield line


def _asked(root: Node, client: str) -> Iterator[tuple[Node, str]]:
    """Yield the exchanges of a tree, each with who asked."""
    waiting = [(root, client)]
    while waiting:
        node, sender = waiting.pop()
        node.receiver = client if node.receiver == root.client else node.receiver
        yield node, sender
        waiting += [(each, node.receiver) for each in reversed(node.children)]


def _arrows_of(
    node: Node, sender: str, receiver: str
) -> Iterator[tuple[int, int, str]]:
    """Yield the arrows of an exchange, each after its time and its rank at that."""
    is_event = node.kind is Kind.EVENT
    words = _coded(_cut(f"{safe(short(node.route))} #{node.number}"))
    mark = " ?" if node.doubtful else ""
    sign = _ARROWS["event"] if is_event else _ARROWS["request"]
    yield node.begin_ns, 0, f"    {sender}{sign}{receiver}: {words}{mark}"
    if not is_event and node.end_ns > node.begin_ns:
        took = duration(node.end_ns - node.begin_ns)
        said = f"failed after {took}" if node.failed else took
        line = f"    {receiver}{_ARROWS['reply']}{sender}: {said} {_coded('#')}"
        yield node.end_ns, 1, f"{line}{node.number}"


def _cut(words: str) -> str:
    return words if len(words) <= _LONGEST else words[:_LONGEST] + ELLIPSIS


def flowchart_lines(found: Sequence[Service]) -> Iterator[str]:
    """Yield the lines of a map: clients, servers, then the arrows between them."""
    pairs = [each.pair for each in found]
    clients = {name: f"c{n}" for n, name in _numbered(pair.client for pair in pairs)}
    servers = {name: f"s{n}" for n, name in _numbered(pair.server for pair in pairs)}
    yield "flowchart LR"
    for name, node in clients.items():
        yield f'    {node}["{_quoted(name)}"]'
    for name, node in servers.items():
        yield f'    {node}["{_quoted(name)}"]'
    for each in found:
        ends = clients[each.pair.client], servers[each.pair.server]
        yield f'    {ends[0]} -->|"{_quoted(_said(each))}"| {ends[1]}'


def _numbered(names: Iterable[str]) -> Iterable[tuple[int, str]]:
    return enumerate(dict.fromkeys(names))


def _said(service: Service) -> str:
    """Return what an arrow of a map says: how many, how many failed, how long."""
    calls = service.calls
    parts = [plural(calls.count, "call")] if calls.count else []
    if service.events:
        parts.append(plural(service.events, "event"))
    if service.trouble:
        parts.append(f"{service.trouble:,} failed")
    if calls.latencies.count:
        parts.append(f"up to {duration(calls.latencies.maximum)}")
    return ", ".join(parts)


def _quoted(text: str) -> str:
    """Return a text in quotes, where a backquote would begin Markdown."""
    return _coded(safe(text)).translate(_IN_QUOTES)


def mermaid_lines(rows: Iterable[Row]) -> Iterator[str]:
    """Yield the lines of a diagram; who speaks is declared when it first does.

    Args:
        rows: Of the ladder.
    """
    known: dict[str, str] = {}
    yield "sequenceDiagram"
    for row in rows:
        for name in _speakers(row.connection):
            if name not in known:
                known[name] = f"p{len(known)}"
                yield f"    participant {known[name]} as {_coded(name)}"
        client, server = (known[name] for name in _speakers(row.connection))
        if isinstance(row, Note):
            words = "  ".join(word for word, _ in row.words)
            yield f"    Note over {client},{server}: {_coded(words)}"
        else:
            ends = (client, server) if row.from_client else (server, client)
            sign = _ARROWS.get(row.exchange_kind, "--)")
            yield f"    {ends[0]}{sign}{ends[1]}: {_label(row)}"


def _speakers(connection: Connection) -> tuple[str, str]:
    client, server = participants(connection)
    name = speaker_name(client)
    if client.role == "peer" and client.name is None:  # its port may be another's too
        name = f"{client.title} {client.endpoint}"
    return name, speaker_name(server)


def _label(arrow: Arrow) -> str:
    words = " ".join(word for word, _ in arrow.label)
    if len(words) > _LONGEST:
        words = words[:_LONGEST] + ELLIPSIS
    return _coded(f"{words} {arrow.exchange}".strip())


def _coded(text: str) -> str:
    return text.translate(_CODES)
