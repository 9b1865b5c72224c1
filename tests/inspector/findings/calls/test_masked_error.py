from __future__ import annotations

from tests.inspector.conversation import failure
from tests.inspector.scenes import (
    OWN_ERROR,
    Sentences,
    Trace,
    replies,
    said_of,
)

_MASKED = failure("1", {"status": "error", "message": "Internal server error"})
TRACE = Trace(replies(_MASKED), replies(OWN_ERROR))


def test_what_it_says() -> None:
    assert said_of(TRACE, "masked-error") == Sentences(
        message="“Internal server error” instead of what sum threw",
        headline="1 error masked as “Internal server error”",
        cause=(
            "sum: only an RpcException keeps its message. The cause is in the log "
            "of the service on 10.0.0.2:8888. Packet 5."
        ),
        hint="throw an RpcException where the caller should see the message",
    )
