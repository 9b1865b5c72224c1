"""Which carrier brings the bytes of a connection, or that none here does.

Either side suffices: whichever decides first. A side whose beginning was captured is
judged by that; in another the first unit is searched for, within limits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from inspector.carriers.base import Recognition, Verdict
from inspector.carriers.foreign import HTTP2, OVER_HTTP, name_protocol
from inspector.streams.items import Chunk
from protocol.on_demand import on_demand

from .conversing import opaque_stream
from .costs import begins, has_sessions
from .searching import Found
from .unframed import judged_unframed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from inspector.carriers.base import Carrier
    from inspector.carriers.proxy_protocol import may_become_one, read_proxy_header
    from inspector.streams.connections import Connection

    from .conversing import OpaqueStream
    from .searching import Search
    from .tracking import Track
else:  # decision 158
    may_become_one = on_demand("inspector.carriers.proxy_protocol:may_become_one")
    read_proxy_header = on_demand("inspector.carriers.proxy_protocol:read_proxy_header")


class SearchLimits(msgspec.Struct, frozen=True):
    """How much is read in vain before a connection is taken for foreign.

    Attributes:
        beginning_bytes: Bytes of a beginning in which no carrier has decided whether it
            is its own …
        beginning_chunks: … or chunks.
        both_bytes: Bytes that each direction has to show …
        both_chunks: … or chunks: where two talk, each begins again and again.
        bytes: Bytes that suffice in one direction …
        chunks: … or chunks.
    """

    beginning_bytes: int = 1 << 16
    beginning_chunks: int = 1 << 10
    both_bytes: int = 1 << 16
    both_chunks: int = 128
    bytes: int = 1 << 22
    chunks: int = 4096

    def begun_in_vain(self, stream: OpaqueStream) -> bool:
        """Whether a beginning has been kept for long enough."""
        return (
            stream.size > self.beginning_bytes
            or len(stream.chunks) > self.beginning_chunks
        )

    def exceeded(self, search: Search, other: Search | None) -> bool:
        """Whether one direction, or both, have been searched for long enough."""
        if search.searched > self.bytes or search.chunks > self.chunks:
            return True
        return other is not None and (
            min(search.searched, other.searched) > self.both_bytes
            or min(search.chunks, other.chunks) > self.both_chunks
        )


class Recogniser:
    """Judge connections by what they carry.

    Args:
        carriers: Those that are looked for.
        forced: Port → the carrier that its connections are taken for.
        limits: How much is searched.
        opaque: What reads frames whose bodies are not JSON; None to look for none.
    """

    def __init__(
        self,
        carriers: Sequence[Carrier],
        forced: Mapping[int, Carrier],
        limits: SearchLimits,
        opaque: Carrier | None = None,
    ) -> None:
        self._carriers = carriers
        self._forced = forced
        self._limits = limits
        self._opaque = opaque

    def judge(self, track: Track, other: Track | None, chunk: Chunk) -> Found | Verdict:
        """Judge a connection with one more chunk of a direction, which is kept.

        Args:
            track: The direction.
            other: The other one, if anything was read of it.
            chunk: Its next bytes.
        """
        if track.waits:
            if not self._waits_on(track, chunk):
                return self.judge_anyway(deciding(track, other))
            return self._converse(track, other)
        judged = self._judge(track, other, chunk)
        if self._opaque is not None:
            self._look_for_opaque(self._opaque, track, chunk, judged)
        if judged is not Verdict.UNDECIDED and not track.waits:
            if other is not None and other.waits:
                return self.judge_anyway(other)
            return judged
        return self._converse(track, other)

    def judge_anyway(self, track: Track) -> Found | Verdict:
        """Judge a direction that waits, by its beginning, as it would have been."""
        forced = self._forced_on(track.direction.connection)
        if forced is not None:
            return self._take(forced, track.held)
        return self._recognise(track.held)

    def _waits_on(self, track: Track, chunk: Chunk) -> bool:
        """Whether a direction that waits may do so with its next bytes."""
        stream, limits = track.opaque, self._limits
        assert stream is not None
        track.held.append(chunk)
        return stream.add(chunk) and not limits.begun_in_vain(stream)

    def _look_for_opaque(
        self, opaque: Carrier, track: Track, chunk: Chunk, judged: Found | Verdict
    ) -> None:
        """Let a direction wait if it may be one of a conversation in such frames.

        It does not wait where another carrier's units, or readable packets, show.
        """
        if track.search is None:
            ours = isinstance(judged, Found) and judged.carrier.name == opaque.name
            if judged is Verdict.OTHER or ours:
                track.opaque = opaque_stream(track.held)
            return
        stream = track.opaque
        fits = stream is not None and stream.add(chunk)
        if stream is None or not fits or self._limits.begun_in_vain(stream):
            track.opaque = opaque_stream([chunk])

    def _converse(self, track: Track, other: Track | None) -> Found | Verdict:
        """Take a connection for such a conversation, once both sides show it."""
        if self._opaque is None or other is None:
            return Verdict.UNDECIDED
        if not (track.converses and other.converses):
            return Verdict.UNDECIDED
        track.hold_frames()
        other.hold_frames()
        return Found(self._opaque, Recognition(), track.held)

    def _judge(
        self, track: Track, other: Track | None, chunk: Chunk
    ) -> Found | Verdict:
        """Judge a direction by what it carries itself."""
        forced = self._forced_on(chunk.direction.connection)
        if track.search is not None:
            return self._search(track.search, other, chunk, forced)
        track.held.append(chunk)
        if not _pass_proxy_header(track.held):
            few = len(track.held) <= self._limits.beginning_chunks
            return Verdict.UNDECIDED if few else Verdict.OTHER
        if forced is not None:
            return self._take(forced, track.held)
        return self._recognise(track.held)

    def _take(self, forced: Carrier, held: list[Chunk]) -> Found | Verdict:
        """Take a beginning for what it is said to be, unless it is known not to be.

        A port that is named is still no reason to read TLS or bare JSON as frames. A
        client of a gateway may begin with another request on the same connection.
        """
        beginning = b"".join(chunk.data for chunk in held)
        judged = forced.recognise(beginning)
        if isinstance(judged, Recognition):
            return Found(forced, judged, held)
        name = name_protocol(beginning) if judged is Verdict.OTHER else None
        # Of a gateway they come before its own, or beside it.
        routes = name in OVER_HTTP and has_sessions(forced.name)
        if (name is not None and not routes) or judged_unframed(judged, beginning):
            return Verdict.OTHER
        return Found(forced, Recognition(), held)

    def _forced_on(self, connection: Connection) -> Carrier | None:
        if not self._forced:
            return None
        for endpoint in connection.endpoints:
            carrier = self._forced.get(endpoint.port)
            if carrier is not None:
                return carrier
        return None

    def _recognise(self, held: list[Chunk]) -> Found | Verdict:
        beginning = b"".join(chunk.data for chunk in held)
        verdict = Verdict.OTHER
        for carrier in self._carriers:
            judged = carrier.recognise(beginning)
            if isinstance(judged, Recognition):
                return Found(carrier, judged, held)
            if judged is Verdict.UNDECIDED:
                verdict = judged
        limits = self._limits
        kept = len(beginning) <= limits.beginning_bytes
        open_still = kept and len(held) <= limits.beginning_chunks
        return verdict if open_still else Verdict.OTHER

    def _search(
        self, search: Search, other: Track | None, chunk: Chunk, forced: Carrier | None
    ) -> Found | Verdict:
        carriers = self._carriers if forced is None else (forced,)
        found = search.find(chunk, carriers)
        if found is not None:
            return found
        if forced is not None:
            return Found(forced, Recognition(), [])
        if search.chunks == 1 and name_protocol(chunk.data) not in {None, HTTP2}:
            return Verdict.OTHER
        opposite = None if other is None else other.search
        over = self._limits.exceeded(search, opposite)
        return Verdict.OTHER if over else Verdict.UNDECIDED


def foreigners(tracks: Iterable[Track | None]) -> list[Track]:
    """Return those that began as another protocol does, and may still be a carrier's.

    The preface of HTTP/2 says so little, if nothing follows it.
    """
    return [each for each in tracks if each is not None and _is_foreign(each)]


def _is_foreign(track: Track) -> bool:
    if track.talk is not None or track.search is not None:
        return False
    beginning = b"".join(each.data for each in track.held)
    carrier = track.direction.connection.carrier
    return not carrier and name_protocol(beginning) is not None


def may_begin(
    known: Mapping[str, Carrier], beginning: bytes, held: list[Chunk]
) -> Found | None:
    """Return a connection that no carrier of Nest's reads as one that may begin some.

    Args:
        known: All carriers, by name.
        beginning: What is held of it …
        held: … in these chunks.
    """
    for name, carrier in known.items():
        judged = carrier.recognise(beginning) if begins(name) else Verdict.OTHER
        if isinstance(judged, Recognition):
            return Found(carrier, judged, held)
    return None


def deciding(track: Track, other: Track | None = None) -> Track:
    """Return the direction by which a connection is judged: the first that waits."""
    waiting = [
        (each.opaque.since, each.direction.side, each)
        for each in (track, other)
        if each is not None and each.waits and each.opaque is not None
    ]
    return min(waiting)[-1] if waiting else track


def _pass_proxy_header(held: list[Chunk]) -> bool:
    """Take the header of a proxy off a beginning, and note it with its connection.

    Returns:
        Whether what is left may be judged: there is something, and no part of a header.
    """
    connection = held[0].direction.connection
    if connection.proxy or held[0].data[:1] not in {b"P", b"\r"}:
        return True
    beginning = b"".join(chunk.data for chunk in held)
    header = read_proxy_header(beginning)
    if header is None:
        return not may_become_one(beginning)
    connection.proxy, connection.origin = header.version, header.client
    first = held[0]
    connection.trouble["proxy"] = first.direction.side, first.packet.number
    left = header.size
    while held and left >= len(held[0].data):
        left -= len(held.pop(0).data)
    if held:
        held[0] = Chunk(held[0].direction, held[0].data[left:], held[0].packet)
    return bool(held)
