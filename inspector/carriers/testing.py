r"""The properties that every carrier is held to, built-in or third-party.

====================  ===============================================================
check_recognition     a stream is known by its beginning, however little of it came
check_cuts            however the bytes are cut, the units are the same
check_noise           no bytes raise, and a talk keeps no more than it was given
check_losses          after missing bytes the next unit is found, and all that follow
check_joining         so it is on a connection that was open before the capture began
check_carrier         all of these
====================  ===============================================================

A *conversation* is what both sides of a connection say, turn by turn::

    conversation = [Turn(0, b"ask 1 sum [1,2]\n"), Turn(1, b"say 1 3\n")]
    check_carrier(carrier, [conversation])

An :class:`AssertionError` says what differs. All that is random comes from a seed; cuts
and losses may be given instead, so that hypothesis can draw them and shrink what fails.
Nothing but what the inspector itself needs is needed, whatever runs the tests.

A conversation may hold malformed units, but none after which a receiver drops whatever
else has come: that depends on the cuts, as it should.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from .base import Errand, Idle, Recognition, Transfer, Trouble, Verdict
from .samples import (
    Conversation,
    Loss,
    Turn,
    cut,
    interleaved,
    joined,
    losses_in,
    noisy,
    pieces,
    stream,
    ways_to_cut,
)
from .trial import Reading, Search, call, find, packets, recognise, short

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .base import Carrier, Express, Side, Unit

__all__ = [
    "MUST_DECIDE",
    "Conversation",
    "Loss",
    "Turn",
    "check_carrier",
    "check_cuts",
    "check_joining",
    "check_losses",
    "check_noise",
    "check_recognition",
]

MUST_DECIDE = 1 << 16
"""Bytes of one side by which a carrier has to say whether they are its own.

An inspection keeps no more of a beginning; see :mod:`inspector.calls.recognising`.
"""
_ROUNDS = 100
_LOST = 0.05  # how often bytes are lost in noise


def check_carrier(
    carrier: Carrier,
    conversations: Iterable[Conversation],
    *,
    missed: int = 0,
    seed: int = 0,
) -> None:
    """Hold a carrier to all properties, on several conversations.

    Args:
        carrier: What is tested.
        conversations: Each from the beginning of a connection.
        missed: Transfers that may pass after a loss before one is found.
        seed: Of all that is random.

    Raises:
        AssertionError: It lacks one of them.
    """
    known = list(conversations)
    for conversation in known:
        check_recognition(carrier, conversation)
        check_cuts(carrier, conversation, seed=seed)
        check_losses(carrier, conversation, missed=missed, seed=seed)
        check_joining(carrier, conversation, missed=missed, seed=seed)
    check_noise(carrier, known, seed=seed)


def check_recognition(carrier: Carrier, conversation: Conversation) -> None:
    """Check that a conversation is known by its beginning.

    One side has to show it. A beginning of that side is never taken for something else:
    the judgement is open until there are enough bytes.

    Raises:
        AssertionError: Neither side shows it, or fewer bytes say something else.
    """
    judged = {side: recognise(carrier, stream(conversation, side)) for side in (0, 1)}
    known = [side for side in judged if isinstance(judged[side], Recognition)]
    if not known:
        raise AssertionError(f"{carrier.name} recognises neither side: {judged}")
    for side in known:
        said = stream(conversation, side)[:MUST_DECIDE]
        for size in range(len(said)):
            part = recognise(carrier, said[:size])
            if part not in {judged[side], Verdict.UNDECIDED}:
                raise AssertionError(
                    f"{size} bytes of {short(said)} are {part},"
                    f" all of them {judged[side]}"
                )


def check_cuts(
    carrier: Carrier,
    conversation: Conversation,
    *,
    cuts: Iterable[int] | None = None,
    seed: int = 0,
) -> None:
    """Check that the units of a conversation are the same however it is cut.

    Packets, places and the order of both sides are compared, the units of each side
    where both speak at a time, and the packets of the express way. Remarks are not:
    what a receiver does may depend on what comes at once.

    Args:
        carrier: What is tested.
        conversation: What is said.
        cuts: Places in the bytes of all turns together at which they are cut; by
            default at every byte, between the units, and at some places of the seed.
        seed: Of those.

    Raises:
        AssertionError: A unit differs.
    """
    whole = _read(carrier, joined(conversation))
    expected, sent = whole.extents, packets(whole.units)
    random = Random(seed)  # noqa: S311 — no secret depends on it
    ways = ways_to_cut(conversation, expected, random) if cuts is None else [cuts]
    for way in map(list, ways):
        turns, where = cut(conversation, way), f"cut at {short(way)}"
        _compare(expected, _read(carrier, turns).extents, where)
        mixed = _read(carrier, interleaved(turns)).extents
        _compare(_by_side(expected), _by_side(mixed), f"interleaved, {where}")
        _compare(sent, _read_express(carrier, turns), f"on the express way, {where}")


def check_noise(
    carrier: Carrier,
    conversations: Iterable[Conversation],
    *,
    rounds: int = _ROUNDS,
    seed: int = 0,
) -> None:
    """Check that no bytes raise, and that a talk keeps no more than it was given.

    Each round reads a conversation with mutations, random bytes and losses in it.

    Args:
        carrier: What is tested.
        conversations: Samples of what it reads.
        rounds: How many are read.
        seed: Of all that is random.

    Raises:
        AssertionError: Something raised, or a place or a size cannot be.
    """
    samples, random = list(conversations), Random(seed)  # noqa: S311 — see above
    if recognise(carrier, random.randbytes(MUST_DECIDE)) is Verdict.UNDECIDED:
        raise AssertionError(f"{MUST_DECIDE:,} random bytes leave it undecided")
    for number in range(rounds):
        reading = Reading(carrier, f"round {number} of seed {seed}")
        for side, data in noisy(random.choice(samples), random):
            recognise(carrier, data)
            find(carrier, data, boundary=bool(random.getrandbits(1)))
            reading.receive(side, data)
            if random.random() < _LOST:
                reading.lose(side)
        reading.finish()


def check_losses(
    carrier: Carrier,
    conversation: Conversation,
    *,
    losses: Iterable[Loss] | None = None,
    missed: int = 0,
    seed: int = 0,
) -> None:
    """Check that after missing bytes the next unit is found, and all that follow.

    Units are compared by kind, content and place.

    Args:
        carrier: What is tested.
        conversation: What is said; no text in it reads like the beginning of a unit.
        losses: What is missing, each by itself; by default some of the seed.
        missed: Transfers that may pass after a loss before one is found.
        seed: Of all that is random.

    Raises:
        AssertionError: Other units follow than without the loss.
    """
    random = Random(seed)  # noqa: S311 — see above
    whole = _read(carrier, joined(conversation)).extents
    for loss in losses_in(conversation, random) if losses is None else losses:
        found = _read_without(carrier, conversation, loss, random)
        _compare_after(loss, whole, found, missed)


def check_joining(
    carrier: Carrier,
    conversation: Conversation,
    *,
    missed: int = 0,
    seed: int = 0,
) -> None:
    """Check that a connection that was open before is read from the next units on.

    It is joined before each turn but the first; what was agreed on before is unknown to
    the talk. Units are compared as after a loss.

    Args:
        carrier: What is tested.
        conversation: What is said; no text in it reads like the beginning of a unit.
        missed: Transfers that may pass on each side before one is found.
        seed: Of all that is random.

    Raises:
        AssertionError: Other units are read than from the beginning on.
    """
    random = Random(seed)  # noqa: S311 — see above
    turns = joined(conversation)
    whole = _read(carrier, turns).extents
    for number in range(1, len(turns)):
        for loss, found in _read_from(carrier, turns, number, random):
            _compare_after(loss, whole, found, missed)


def _read(carrier: Carrier, turns: Iterable[Turn]) -> Reading:
    """Return what a carrier makes of some pieces."""
    reading = Reading(carrier, "a conversation")
    for side, data in turns:
        reading.receive(side, data)
    reading.finish()
    return reading


def _read_express(carrier: Carrier, turns: Iterable[Turn]) -> list[object]:
    """Return the packets in some pieces, by the express way wherever there is one."""
    reading = Reading(carrier, "the express way")
    found: list[object] = []
    ways: list[Express | None] = [None, None]
    for side, data in turns:
        way = ways[side]
        read = None if way is None else call(way.read_whole, data)
        if read is None:
            found += packets(reading.receive(side, data))
        else:
            reading.pass_over(side, data)
            found.append((side, read.code if isinstance(read, Trouble) else read))
        if read is None or isinstance(read, Trouble):
            ways[side] = call(reading.talk.express, side)
    return found + packets(reading.finish())


def _read_without(
    carrier: Carrier, conversation: Conversation, loss: Loss, random: Random
) -> list[Unit]:
    """Return the units of a side after a loss, at the places they have without it."""
    reading, search = Reading(carrier, f"with {loss}"), Search(carrier, loss)
    passed, before = [0, 0], 0
    for side, data in conversation:
        begin = passed[side]
        passed[side] += len(data)
        if side != loss.side or passed[side] <= loss.begin:
            reading.receive(side, data)
            continue
        if begin <= loss.begin:
            reading.receive(side, data[: loss.begin - begin])
            reading.lose(side)
            before = len(reading.units)
        for piece in pieces(data[max(loss.end - begin, 0) :], carrier.reach, random):
            reading.receive(side, search.following(piece))
    reading.finish()
    return _of_side(loss.side, reading.extents_from(before, search.skipped))


def _read_from(
    carrier: Carrier, turns: Sequence[Turn], number: int, random: Random
) -> list[tuple[Loss, list[Unit]]]:
    """Return for each side what is missing before a turn, and what is read after it."""
    reading = Reading(carrier, f"joined before turn {number}", whole=False)
    losses = [Loss(side, 0, len(stream(turns[:number], side))) for side in (0, 1)]
    searches = [Search(carrier, loss) for loss in losses]
    for side, data in turns[number:]:
        for piece in pieces(data, carrier.reach, random):
            reading.receive(side, searches[side].following(piece))
    reading.finish()
    return [
        (loss, _of_side(loss.side, reading.extents_from(0, search.skipped)))
        for loss, search in zip(losses, searches, strict=True)
    ]


def _compare_after(
    loss: Loss, whole: Sequence[Unit], found: Sequence[Unit], missed: int
) -> None:
    """Compare what was read of a side after a loss with what it is without one.

    Raises:
        AssertionError: They differ, or more transfers passed than may be missed.
    """
    own = _of_side(loss.side, whole)
    expected = [unit for unit in own if unit.begin >= loss.end]
    before = [unit for unit in expected if not found or unit.begin < found[0].begin]
    passed = sum(isinstance(unit, Transfer) for unit in before)
    if passed > missed:
        raise AssertionError(f"after {loss} {passed} transfers pass unnoticed")
    gists = [_gist(unit) for unit in expected[len(before) :]]
    _compare(gists, [_gist(unit) for unit in found], f"after {loss}")


def _compare(expected: Sequence[object], found: Sequence[object], where: str) -> None:
    """Compare two lists.

    Raises:
        AssertionError: They differ; it says where they first do.
    """
    for index in range(max(len(expected), len(found))):
        wanted, got = expected[index : index + 1], found[index : index + 1]
        if wanted != got:
            raise AssertionError(
                f"number {index} differs {where}:\n"
                f"  expected {wanted}\n  found    {got}"
            )


def _of_side(side: Side, units: Iterable[Unit]) -> list[Unit]:
    return [unit for unit in units if unit.side == side]


def _by_side(units: Iterable[Unit]) -> list[Unit]:
    return sorted(units, key=lambda unit: unit.side)


def _gist(unit: Unit) -> tuple[object, ...]:
    """Return what a unit is, without circumstances that a loss may hide."""
    said: object = None
    if isinstance(unit, Transfer):
        said = unit.packet
    elif isinstance(unit, Errand | Idle):
        said = unit.verb
    elif isinstance(unit, Trouble):
        said = unit.code
    return type(unit).__name__, unit.begin, unit.end, said
