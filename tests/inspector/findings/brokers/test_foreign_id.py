from __future__ import annotations

from typing import TYPE_CHECKING

from tests.inspector.conversation import inspected, response
from tests.inspector.over_nats import Broker
from tests.inspector.scenes import Sentences, Trace, group_in, said_of, sentences

if TYPE_CHECKING:
    from tests.inspector.conversation import Wire


def _answered(identity: str | None = None, *, well: bool = True) -> Wire:
    """Return a call that is answered, with some id before if one is given."""
    broker = Broker()
    worker, caller = broker.worker("sum"), broker.peer()
    passing = caller.ask("sum")
    worker.take(passing)
    if identity:
        caller.get(passing, worker.reply(passing, response(identity, 1)))
    if well:
        caller.get(passing, worker.answer(passing, 6))
    caller.leave(passing)
    return broker.wire.linger()


TRACE = Trace(lambda: _answered("other"), _answered)


def test_what_it_says() -> None:
    assert said_of(TRACE, "foreign-id") == Sentences(
        message="a reply to sum has another id than the request",
        headline="1 reply with another id than the request",
        cause=(
            "sum (#1): the reply came where the caller listens, but a Nest client "
            "ignores it, and waits on. Packet 18."
        ),
        hint="send each reply with the id that is in the request",
    )


def test_a_call_with_no_other_reply_has_none() -> None:
    wire = _answered("other", well=False)

    assert inspected(wire.records).codes == ["foreign-id", "unanswered"]
    assert "A reply came after 300 µs with another id than the request" in (
        sentences(group_in(wire, "unanswered")).cause
    )
