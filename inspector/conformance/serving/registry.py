"""How the checks of servers are written down: a decorated function for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from inspector.conformance.card import Check
from protocol.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from .target import Target

    Run: TypeAlias = Callable[[Target], None]
    """Makes a check; raises FailedError or UntriedError if it does not pass."""


class ServerCheck(NamedTuple):
    """A check, and the function that makes it."""

    check: Check
    run: Run


class Checks(list[ServerCheck]):
    """The checks of a module, in the order in which they are written there."""

    def add(
        self, name: str, passage: str, nest: str, *, advice: bool = False
    ) -> Callable[[Run], Run]:
        """Return a decorator; the docstring is the claim, without its full stop.

        Args:
            name: What the check is called.
            passage: The heading of the specification.
            nest: What Nest does.
            advice: Whether Nest gets along with a server that fails it.
        """

        def register(run: Run) -> Run:
            claim = (run.__doc__ or "").removesuffix(".")
            self.append(ServerCheck(Check(name, claim, passage, nest, advice), run))
            return run

        return register
