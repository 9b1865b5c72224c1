"""A third-party finding, whose errors do not stop an inspection.

If its gate fails nothing is found, and if its words fail its code is shown alone; a
warning says why, once for each part. Ours are not guarded: the tests hold them to more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from inspector.plugins import Guard
from inspector.streams.connections import Connection

from .finding import Severity
from .payload_rule import PayloadRule
from .registry import FindingsWarning
from .rule import Rule

if TYPE_CHECKING:
    from types import UnionType

    from .finding import Finding
    from .groups import FindingGroup
    from .rule import Context

_PARTS = (
    "code",
    "severity",
    "about",
    "needs",
    "rank",
    "carrier",
    "fix",
    "see",
    "either_side",
    "missing",
)
_TYPES: dict[str, type | UnionType] = {
    "severity": Severity,
    "connection": Connection,
    "side": int,
    "packet": int,
    "exchange": int | None,
    "route": str | None,
    "subject": str,
    "detail": str,
    "duration_ns": int,
    "size": int,
}
"""What the parts of a finding are."""


class GuardedRule(Rule[Any]):
    """A kind of finding that answers whatever happens.

    Args:
        rule: What it guards.
    """

    def __init__(self, rule: Rule[Any]) -> None:
        self._rule = rule
        self._ask = Guard(f"finding {rule.code}", FindingsWarning).ask
        for part in _PARTS:
            setattr(self, part, getattr(rule, part))

    def find(self, evidence: Any, context: Context) -> Finding | None:  # noqa: ANN401
        """Return what the evidence shows; None also where that fails."""
        found = self._ask("find", lambda: self._checked(evidence, context), None)
        if found is not None:
            found.rule = self
        return found

    def _checked(self, evidence: Any, context: Context) -> Finding | None:  # noqa: ANN401
        """Return what is found, if it can be shown.

        Raises:
            TypeError: A part of it is of a type that it cannot have.
        """
        found = self._rule.find(evidence, context)
        if found is None:
            return None
        for part, kind in _TYPES.items():
            value = getattr(found, part, self)
            if not isinstance(value, kind):
                raise TypeError(f"{part} is of type {type(value).__name__}")
        return found

    def message(self, finding: Finding) -> str:
        """Return what happened in one case."""
        return self._ask("message", lambda: str(self._rule.message(finding)), self.code)

    def headline(self, group: FindingGroup) -> str:
        """Return what happened in all cases."""
        return self._ask("headline", lambda: str(self._rule.headline(group)), self.code)

    def cause(self, group: FindingGroup) -> str:
        """Return why, and where."""
        return self._ask("cause", lambda: str(self._rule.cause(group)), group.packets())

    def hint(self, finding: Finding) -> str:
        """Return what to do about it."""
        return self._ask("hint", lambda: str(self._rule.hint(finding)), "")

    def advice(self, group: FindingGroup) -> str:
        """Return what to do about all cases."""
        return self._ask("advice", lambda: str(self._rule.advice(group)), "")

    def weight(self, group: FindingGroup) -> int:
        """Return how bad the cases are among others of their kind."""
        return self._ask("weight", lambda: int(self._rule.weight(group)), group.count)


class GuardedPayloadRule(GuardedRule, PayloadRule):
    """… and one about payloads, that takes a closer look where its glance fails.

    Args:
        rule: What it guards.
    """

    def __init__(self, rule: PayloadRule) -> None:
        super().__init__(rule)
        self.shortest = rule.shortest
        self._glance = rule.glance

    def glance(self, text: str) -> bool:
        """Whether a text may be for this finding."""
        return self._ask("glance", lambda: self._glance(text), otherwise=True)


def guarded(rule: Rule[Any]) -> GuardedRule:
    """Return a third-party finding with its errors contained."""
    if isinstance(rule, PayloadRule):
        return GuardedPayloadRule(rule)
    return GuardedRule(rule)
