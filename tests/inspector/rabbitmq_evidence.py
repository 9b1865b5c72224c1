"""What happened in the captures over RabbitMQ, in the words of the applications."""

from __future__ import annotations

from typing import Any

from tests.inspector.evidence import captures_over, folder_of

FOLDER = folder_of("rabbitmq")
RABBITMQ = captures_over("rabbitmq")
_NO_HANDLER = "There is no matching message handler defined in the remote service."
_REJECTED = {"drop", "nope"}
"""Events that a service which acknowledges rejects for good."""


def outcome_of(call: dict[str, Any], *, acknowledges: bool) -> str:
    """Return how a call ended; an empty text where its caller gave it up."""
    if call["kind"] == "event":
        rejected = acknowledges and call["pattern"] in _REJECTED
        return "rejected" if rejected else "sent"
    if call["end"] == "completed":
        return "completed"
    if call["end"] == "error":
        return "no_handler" if call["error"] == _NO_HANDLER else "error"
    return ""
