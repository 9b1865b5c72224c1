"""Two answers to one question: real Nest's, and ours."""

from __future__ import annotations

import itertools
import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from tests.differential.oracle import Nests

BATCH = 250
"""Questions of one exchange with Node."""
_CANDIDATES = 20  # smaller questions of one exchange
_SHRINKING = 10  # seconds


class Question(Protocol):
    """What can be asked."""

    def question(self) -> object:
        """Return the question as ``nest/oracle.mjs`` wants it."""


Q = TypeVar("Q", bound=Question)


@dataclass(frozen=True)
class Divergence(Generic[Q]):
    """A question that Nest and we answer differently."""

    version: str
    asked: Q
    nest: object
    ours: object

    def __str__(self) -> str:
        return f"{self.asked}\n  Nest {self.version}: {self.nest}\n  we: {self.ours}\n"


@dataclass(frozen=True)
class Topic(Generic[Q]):
    """One kind of question.

    Attributes:
        name: What ``nest/oracle.mjs`` calls it.
        make: Returns the question of a seed.
        answer: Gives our own answer to a question, for a version of Nest.
        smaller: Gives smaller questions than one, for a divergence to be shown by
            the smallest.
    """

    name: str
    make: Callable[[str], Q]
    answer: Callable[[Q, str], object]
    smaller: Callable[[Q], Iterable[Q]] = lambda _: ()

    def compare(self, nests: Nests, seed: str, count: int) -> Iterator[Divergence[Q]]:
        """Ask ``count`` questions of a seed, and yield what is answered differently."""
        for start in range(0, count, BATCH):
            numbers = range(start, min(start + BATCH, count))
            questions = [self.make(f"{seed}:{number}") for number in numbers]
            for divergence in self.differences(nests, questions):
                yield self._smallest(nests, divergence)

    def differences(
        self, nests: Nests, questions: Sequence[Q]
    ) -> Iterator[Divergence[Q]]:
        """Yield which of the questions are answered differently."""
        answers = nests.ask(self.name, [asked.question() for asked in questions])
        for version, theirs in answers.items():
            for asked, nest in zip(questions, theirs, strict=True):
                ours = self.answer(asked, version)
                if ours != nest:
                    yield Divergence(version, asked, nest, ours)

    def _smallest(self, nests: Nests, divergence: Divergence[Q]) -> Divergence[Q]:
        """Return the same divergence on a small question, found in a few seconds."""
        end = time.monotonic() + _SHRINKING
        candidates = iter(self.smaller(divergence.asked))
        while time.monotonic() < end:
            some = list(itertools.islice(candidates, _CANDIDATES))
            if not some:
                break
            if found := next(self.differences(nests, some), None):
                divergence = found
                candidates = iter(self.smaller(found.asked))
        return divergence


def fresh_seed() -> str:
    """Return a seed that nobody has used, short enough to be typed."""
    return f"{random.SystemRandom().randrange(10**8):08}"
