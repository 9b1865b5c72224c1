"""What a card says: checks, and how each came out."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from protocol import escape_controls
from protocol.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SPECIFICATION = "docs/wire-format.md"
_MOST_PIECES = 3  # of what was sent, or came, that a card shows
_MOST_CHARACTERS = 160  # of each


class Outcome(StrEnum):
    """How a check came out, the worst first."""

    FAILED = "failed"
    ADVISED = "advised"
    UNTRIED = "not tried"
    PASSED = "passed"


class Check(NamedTuple):
    """One thing that a peer of Nest has to do.

    Attributes:
        name: What it is called, for ever.
        claim: What the peer does if it passes, as a sentence without its subject.
        passage: The heading of the specification, as the anchor of its page.
        nest: What a real Nest does there.
        advice: Whether a Nest gets along with a peer that fails it, most of the time.
    """

    name: str
    claim: str
    passage: str
    nest: str
    advice: bool = False

    @property
    def specification(self) -> str:
        """The page and its heading."""
        return f"{SPECIFICATION}#{self.passage}"


class Result(NamedTuple):
    """How one check came out.

    Attributes:
        check: The check.
        outcome: How it came out.
        reason: What is wrong, or why it was not tried; empty if it passed.
        sent: What we wrote, as text for people.
        came: What the peer wrote.
    """

    check: Check
    outcome: Outcome
    reason: str = ""
    sent: str = ""
    came: str = ""


class Card(NamedTuple):
    """All results about one peer.

    Attributes:
        side: What it is: ``server`` or ``client``.
        subject: Where it is.
        results: One for each check, in the order of the checks.
    """

    side: str
    subject: str
    results: Sequence[Result]

    def count(self, outcome: Outcome) -> int:
        """Return how many checks came out so."""
        return sum(each.outcome is outcome for each in self.results)

    def worst_first(self) -> list[Result]:
        """Return the results, those that failed first, otherwise in their order."""
        order = list(Outcome)
        return sorted(self.results, key=lambda each: order.index(each.outcome))


class FailedError(Exception):
    """A peer does not do what a check asks of it; the text says what it does."""


class UntriedError(Exception):
    """A check cannot be made; the text says why."""


class Transcript:
    """What was sent and what came while a check ran."""

    def __init__(self) -> None:
        self._sent: list[bytes] = []
        self._came: list[bytes] = []

    def add_sent(self, data: bytes) -> None:
        """Note bytes that we wrote."""
        self._sent.append(data)

    def add_came(self, data: bytes) -> None:
        """Note bytes that the peer wrote."""
        self._came.append(data)

    @property
    def sent(self) -> str:
        """What we wrote, shortened."""
        return shown(self._sent)

    @property
    def came(self) -> str:
        """What the peer wrote, shortened."""
        return shown(self._came)


def shown(pieces: Iterable[bytes]) -> str:
    """Return pieces of a stream as a line of text for people."""
    pieces = list(pieces)
    words = [_shortened(piece) for piece in pieces[:_MOST_PIECES]]
    if len(pieces) > _MOST_PIECES:
        words.append(f"… {len(pieces) - _MOST_PIECES:,} more")
    return "  ".join(words)


def _shortened(piece: bytes) -> str:
    text = piece[: 4 * _MOST_CHARACTERS].decode("utf-8", "replace")
    if len(piece) > len(text.encode()) or len(text) > _MOST_CHARACTERS:
        text = f"{text[:_MOST_CHARACTERS]}… ({len(piece):,} bytes)"
    return escape_controls(text)


def judge(check: Check, error: Exception | None, transcript: Transcript) -> Result:
    """Return how a check came out.

    Args:
        check: The check.
        error: What it raised; None if it passed.
        transcript: What passed meanwhile.
    """
    if error is None:
        return Result(check, Outcome.PASSED, "", transcript.sent, transcript.came)
    if isinstance(error, UntriedError):
        return Result(check, Outcome.UNTRIED, str(error))
    outcome = Outcome.ADVISED if check.advice else Outcome.FAILED
    return Result(check, outcome, str(error), transcript.sent, transcript.came)
