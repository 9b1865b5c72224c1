"""What a client's frames are.

===========================  =====================================================
Produce                      Transfers, or Idle
OffsetCommit                 Errand of the deliveries that are committed
Fetch                        Idle, which may turn out to have asked for deliveries
SaslAuthenticate, a token    Idle whose token is secret
anything else                Idle
===========================  =====================================================
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from inspector.carriers.base import Errand, Idle, Span, Transfer

from .apis import (
    APIS,
    FETCH,
    FIND_COORDINATOR,
    HEARTBEAT,
    JOIN_GROUP,
    LEAVE_GROUP,
    OFFSET_COMMIT,
    PRODUCE,
    SASL_HANDSHAKE,
    SYNC_GROUP,
)
from .passing import Exact
from .pending import Asked
from .requests import (
    read_commit,
    read_fetch,
    read_head,
    read_name,
    read_produce,
    secret_in,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from inspector.carriers.base import Concealment, Side, Unit

    from .passing import Passing
    from .pending import Pending
    from .reading import Frame
    from .requests import Head
    from .watching import Watching

_NAMED = {FIND_COORDINATOR, JOIN_GROUP, HEARTBEAT, LEAVE_GROUP, SYNC_GROUP}
_MOST_COMMITTED = 1_024
"""Deliveries that one commit is about."""
_MOST_SIZES = 64
_TOKEN = "SASL token"  # noqa: S105 — a verb
_ALIKE = range(2, 6)
"""Versions of OffsetCommit that end with the offset, and a text, of one partition."""
_LONGEST = 1_024  # bytes of a commit that is remembered
NO_TEXT = frozenset({b"\xff\xff", b"\0\0"})
"""The end of a commit with no text, or an empty one."""

Committed: TypeAlias = "tuple[str, str, int]"
"""A group, a topic, and which partition of it."""


class Asking:
    """What a client asks for on one connection.

    Args:
        conceal: What hides secrets; None where nothing is hidden.
        passing: What passes there.
        pending: What waits for its response.
        watching: What is seen of its polls.

    Attributes:
        commits: Version, and what a commit of one partition says but for its number and
            its offset → what that is about.
    """

    def __init__(
        self,
        conceal: Concealment | None,
        passing: Passing,
        pending: Pending,
        watching: Watching,
    ) -> None:
        self._conceal = conceal
        self._passing, self._pending, self._watching = passing, pending, watching
        self._sizes: dict[int, None] = {}  # of requests whose topics are known
        self._topics: dict[str, None] = {}
        self._committed: dict[Committed, int] = {}
        self.commits: dict[tuple[int, bytes], Committed] = {}
        self._meanings: dict[int, Callable[[Side, Frame, Head, int], list[Unit]]] = {
            PRODUCE: self._produce,
            FETCH: self._fetch,
            OFFSET_COMMIT: self._commit,
            SASL_HANDSHAKE: self._greet,
        }

    def read(self, side: Side, frame: Frame, time_ns: int) -> list[Unit]:
        """Return what a frame is.

        Raises:
            MalformedError: It is malformed.
            LackingError: What reads its records is not installed.
        """
        head = read_head(frame.data)
        meaning = self._meanings.get(head.key)
        if meaning is not None:
            return meaning(side, frame, head, time_ns)
        asked = Asked(head, time_ns)
        if head.key in _NAMED:
            asked.name = read_name(frame.data, head)
        self._pending.add(asked)
        return [self._idle(side, frame, head, asked.name)]

    def token(self, side: Side, frame: Frame) -> Idle:
        """Return a token of SASL that comes without a head."""
        return idle(side, frame, _TOKEN, (Span(frame.begin + 4, frame.end),))

    def _produce(
        self, side: Side, frame: Frame, head: Head, time_ns: int
    ) -> list[Unit]:
        said = read_produce(frame.data, head)
        units = self._passing.read(side, frame, said.parts, said.topics)
        tags: list[Hashable] = []
        for unit in units:
            if isinstance(unit, Transfer) and said.acks:
                unit.tag, unit.owed = (head.number, unit.tag), 1
                tags.append(unit.tag)
            elif isinstance(unit, Transfer):
                unit.tag = None
        if said.acks:
            self._pending.add(Asked(head, time_ns, frame.data, tuple(tags)))
        return units or [self._idle(side, frame, head)]

    def _fetch(self, side: Side, frame: Frame, head: Head, time_ns: int) -> list[Unit]:
        self._watching.poll(time_ns)
        self._pending.add(Asked(head, time_ns, frame.data))
        unit = self._idle(side, frame, head)
        unit.polls = FETCH, head.number
        size = len(frame.data)
        # Clients write the same topics again and again, in any order.
        if size not in self._sizes and len(self._sizes) < _MOST_SIZES:
            self._sizes[size] = None
            parts, _ = read_fetch(frame.data, head)
            new = {each.topic: None for each in parts}
            if new.keys() - self._topics.keys() and self._conceal is None:
                self._topics |= new
                unit.channels = tuple(new)
        return [unit]

    def knows(self, size: int) -> bool:
        """Whether it is known what a Fetch of so many bytes asks for."""
        return size in self._sizes

    def only(self, place: Committed, offset: int) -> Exact | None:
        """Return the only record that a commit of an offset is about; None for more."""
        if self._committed.get(place, offset - 1) != offset - 1:
            return None
        return Exact(place[1], place[2], offset - 1)

    def committed(self, group: str, exact: Hashable) -> None:
        """Learn that a group has committed one record."""
        assert isinstance(exact, Exact)
        self._note_committed((group, *exact[:2]), exact.offset + 1)

    def _note_committed(self, place: Committed, offset: int) -> None:
        if place in self._committed or len(self._committed) < _MOST_COMMITTED:
            self._committed[place] = offset

    def _remember(self, data: bytes, head: Head, place: Committed) -> None:
        """Remember what a commit of one partition says, which is said again."""
        usual = head.version in _ALIKE and data[-2:] in NO_TEXT
        known = len(self.commits) >= _MOST_COMMITTED
        if usual and not known and len(data) <= _LONGEST:
            self.commits[head.version, data[12:-10]] = place

    # decision 160
    def _commit(self, side: Side, frame: Frame, head: Head, time_ns: int) -> list[Unit]:
        """Return what a commit is about: all records since the one before."""
        group, parts = read_commit(frame.data, head)
        about: list[Hashable] = []
        for part in parts:
            place = group, part.topic, part.number
            before = self._committed.get(place, part.offset - 1)
            self._note_committed(place, part.offset)
            first = max(before, part.offset - _MOST_COMMITTED)
            about += [
                Exact(self._passing.topic(part.topic), part.number, offset)
                for offset in range(first, part.offset)
            ]
        if len(parts) == 1:
            self._remember(frame.data, head, place)
        known = tuple(about[-_MOST_COMMITTED:])
        self._pending.add(Asked(head, time_ns, about=known, name=group))
        plain = self._idle(side, frame, head, group)
        if not known:
            return [plain]
        unit = errand_of(plain, known, APIS[OFFSET_COMMIT].name)
        unit.shows = True
        return [unit]

    def _greet(self, side: Side, frame: Frame, head: Head, time_ns: int) -> list[Unit]:
        """Read which mechanism a client names; its tokens may come without heads."""
        name = read_name(frame.data, head)
        self._pending.add(Asked(head, time_ns, name=name))
        if not head.version:
            self._pending.raw = [1, 1]
        return [self._idle(side, frame, head, name)]

    def _idle(self, side: Side, frame: Frame, head: Head, name: str = "") -> Idle:
        api = APIS[head.key]
        words = f"{api.name} {name}" if name else api.name
        token = secret_in(frame.data, head)
        begin, end = token or (head.after, len(frame.data))
        hidden = token is not None or not api.open or hides(self._conceal)
        secret = (Span(frame.begin + begin, frame.begin + end),) if hidden else ()
        return idle(side, frame, words, secret)


def hides(conceal: Concealment | None) -> bool:
    """Whether names of topics are hidden: what names many is not shown then."""
    return conceal is not None and conceal.hides_channels


def idle(side: Side, frame: Frame, verb: str, secret: tuple[Span, ...] = ()) -> Idle:
    """Return a frame of the connection alone."""
    return Idle(
        side=side,
        begin=frame.begin,
        end=frame.end,
        secret=tuple(each for each in secret if each.begin < each.end),
        verb=verb,
        text=frame.data,
    )


def errand_of(unit: Idle, about: tuple[Hashable, ...], verb: str = "") -> Errand:
    """Return the same for the sake of some transfers."""
    return Errand(
        side=unit.side,
        begin=unit.begin,
        end=unit.end,
        secret=unit.secret,
        verb=verb or unit.verb,
        about=about,
        text=unit.text,
    )
