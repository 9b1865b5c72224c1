"""A message learns how its handlers end, and other hooks do, too."""

from __future__ import annotations

from servers.brokers.ends import Ends
from servers.hooks import Hooks, Kind, Outcome, Side


class _Message:
    def __init__(self) -> None:
        self.seen: list[str] = []

    def begun(self) -> None:
        self.seen.append("begun")

    def ended(self, outcome: Outcome) -> None:
        self.seen.append(outcome)


class _Others(Hooks):
    def __init__(self, message: _Message) -> None:
        self._message = message

    def call_started(self, side: Side, route: str) -> None:
        self._message.seen.append(f"{side} {route}")

    def call_finished(
        self, side: Side, route: str, kind: Kind, outcome: Outcome, seconds: float
    ) -> None:
        self._message.seen.append(f"{side} {route} {kind} {outcome} {seconds}")


def test_a_message_and_other_hooks_are_told() -> None:
    message = _Message()
    for hooks in (Ends(message, None), Ends(message, _Others(message))):
        hooks.call_started("server", "sum")
        hooks.call_finished("server", "sum", "message", "error", 1.0)

    assert message.seen == [
        *("begun", "error"),
        *("begun", "server sum", "server sum message error 1.0", "error"),
    ]
