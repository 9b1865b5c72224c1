"""What a broker's frames are, by what they answer.

==============================  ==================================================
the response to a Produce       Errand of its transfers, which have offsets now
… to a Fetch with records       Transfers
… to a Fetch without            Idle
… to an OffsetCommit            Errand of the deliveries
an objection                    Trouble: ``broker-error``
anything else                   Idle
==============================  ==================================================
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.carriers.base import Idle, Skipped, Span, Transfer, Trouble
from inspector.carriers.detours import Poll

from .apis import (
    APIS,
    FETCH,
    HEARTBEAT,
    OFFSET_COMMIT,
    PRODUCE,
    SASL_AUTHENTICATE,
    SYNC_GROUP,
)
from .asking import errand_of, hides, idle
from .errors import REBALANCE_IN_PROGRESS, USUAL, name_of
from .fields import INT
from .passing import Exact
from .pending import Asked
from .plain import NOTHING_HANDED, handed_in
from .requests import read_fetch
from .responses import (
    errors_in,
    fetch_answered,
    read_fetched,
    read_produced,
)

if TYPE_CHECKING:
    from collections.abc import Hashable

    from inspector.carriers.base import Concealment, Side, Unit

    from .passing import Passing
    from .pending import Pending
    from .reading import Frame
    from .requests import Part
    from .watching import Watching

_PLAIN_FETCH = 11
_NUMBER = 4  # bytes before the number of the request
_HEAD = 8
_ANSWER = "response"
_MOST_USUAL, _LONGEST_USUAL = 1_024, 512
"""Answers without an objection that are remembered, and bytes of each."""


class Serving:
    """What a broker answers on one connection.

    Args:
        conceal: What hides secrets; None where nothing is hidden.
        passing: What passes there.
        pending: What waits for its response.
        watching: What is seen of its client's polls.
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
        self._usual: set[tuple[int, bytes]] = set()

    def is_usual(self, data: bytes, asked: Asked) -> bool:
        """Whether the answer to a commit is known to object to nothing."""
        return (asked.head.version, data[_HEAD:]) in self._usual

    def read(self, side: Side, frame: Frame, time_ns: int) -> list[Unit]:
        """Return what a frame is.

        Raises:
            MalformedError: It is malformed.
            LackingError: What reads its records is not installed.
        """
        asked = None
        if len(frame.data) >= _HEAD:
            asked = self._pending.take(INT.unpack_from(frame.data, _NUMBER)[0])
        if asked is None:  # the capture lacks what it answers
            return self._guess(side, frame, time_ns)
        key = asked.head.key
        if key == FETCH:
            return self._hand_on(side, frame, asked)
        if key == PRODUCE:
            return self._receive(side, frame, asked)
        return self._answer(side, frame, asked, time_ns)

    def _guess(self, side: Side, frame: Frame, time_ns: int) -> list[Unit]:
        """Return what a frame is that answers what was not seen: a poll, perhaps."""
        head = fetch_answered(frame.data) if len(frame.data) > _HEAD else None
        if head is None:
            return [Skipped(side=side, begin=frame.begin, end=frame.end)]
        return self._hand_on(side, frame, Asked(head, time_ns))

    def _receive(self, side: Side, frame: Frame, asked: Asked) -> list[Unit]:
        """Return the receipt of what was produced."""
        parts, _ = read_produced(frame.data, asked.head)
        troubled = [part for part in parts if part.error]
        if troubled:
            return self._object(side, frame, asked, _errors(troubled))
        plain = self._idle(side, frame, asked)
        if not asked.about:
            return [plain]
        unit = errand_of(plain, asked.about)
        unit.exact = self._offsets(asked, parts)
        return [unit]

    def _offsets(self, asked: Asked, parts: list[Part]) -> tuple[Hashable, ...]:
        """Return what transfers of a Produce are known by from now on."""
        topic = self._passing.topic
        begun = {(topic(each.topic), each.number): each.offset for each in parts}
        return tuple(
            exact._replace(offset=begun[exact[:2]] + exact.offset)
            for _, exact in asked.about
            if exact[:2] in begun
        )

    def _hand_on(self, side: Side, frame: Frame, asked: Asked) -> list[Unit]:
        """Return what a broker hands on."""
        plain = asked.head.version == _PLAIN_FETCH
        if plain and handed_in(frame.data) is NOTHING_HANDED:
            self._watching.nothing()
            return [self._idle(side, frame, asked)]
        said = read_fetched(frame.data, asked.head)
        troubled = [(part.error, part) for part in said.parts if part.error]
        errors = _errors([part for _, part in troubled])
        if said.error:
            errors.append((said.error, ""))
        with_records = [part for part in said.parts if part.end > part.begin]
        if not with_records:
            self._watching.nothing()
            return self._object(side, frame, asked, errors)
        since = self._since(asked)
        units = self._passing.read(side, frame, with_records, said.topics, since=since)
        transfers = [each for each in units if isinstance(each, Transfer)]
        for each in transfers:
            each.polled = Poll((FETCH, asked.head.number), len(transfers))
        self._note_lag(with_records, transfers)
        return units or [self._idle(side, frame, asked)]

    @staticmethod
    def _since(asked: Asked) -> dict[tuple[str, int], int]:
        """Return from which offsets on a client wanted records, if that is known."""
        if not asked.data:
            return {}
        parts, _ = read_fetch(asked.data, asked.head)
        return {(part.topic, part.number): part.offset for part in parts}

    def _note_lag(self, parts: list[Part], transfers: list[Transfer]) -> None:
        following: dict[tuple[str, int], int] = {}
        for each in transfers:
            if isinstance(each.exact, Exact):
                exact = each.exact
                following[exact.topic, exact.partition] = exact.offset + 1
        for part in parts:
            after = following.get((self._passing.topic(part.topic), part.number))
            if after is not None and part.after > after:
                self._watching.had(part, after)

    def _answer(
        self, side: Side, frame: Frame, asked: Asked, time_ns: int
    ) -> list[Unit]:
        """Return what else a broker says."""
        key, errors = asked.head.key, errors_in(frame.data, asked.head)
        codes = {code for code, _ in errors}
        if REBALANCE_IN_PROGRESS in codes and key in {HEARTBEAT, OFFSET_COMMIT}:
            self._watching.interrupt(time_ns)
        units = self._object(side, frame, asked, errors)
        if key == SYNC_GROUP and not errors:
            units += self._watching.assigned(side, frame.end, asked.name, time_ns)
        if asked.about and not errors and isinstance(units[0], Idle):
            if len(self._usual) < _MOST_USUAL and len(frame.data) <= _LONGEST_USUAL:
                self._usual.add((asked.head.version, frame.data[_HEAD:]))
            return [errand_of(units[0], asked.about)]
        return units

    def _object(
        self, side: Side, frame: Frame, asked: Asked, errors: list[tuple[int, str]]
    ) -> list[Unit]:
        """Return what a broker objects to; an idle unit if that is usual."""
        grave = [each for each in errors if each[0] not in USUAL]
        if not grave:
            return [self._idle(side, frame, asked)]
        code, what = grave[0]
        words = [APIS[asked.head.key].name, what or asked.name]
        detail = f"{' '.join(filter(None, words))}: {name_of(code)}"
        if self._conceal is not None:
            detail = self._conceal.words(detail)
        return [
            Trouble(
                side=side,
                begin=frame.begin,
                end=frame.end,
                code="broker-error",
                detail=detail,
                framed=True,
                about=asked.about,
            )
        ]

    def _idle(self, side: Side, frame: Frame, asked: Asked) -> Idle:
        key = asked.head.key
        api = APIS[key]
        # What SCRAM says, a salt and a signature, is enough to try passwords.
        hidden = not api.open or key == SASL_AUTHENTICATE or hides(self._conceal)
        secret = (Span(frame.begin + _HEAD, frame.end),) if hidden else ()
        return idle(side, frame, f"{api.name} {_ANSWER}", secret)


def _errors(parts: list[Part]) -> list[tuple[int, str]]:
    return [(part.error, f"{part.topic}-{part.number}") for part in parts]
