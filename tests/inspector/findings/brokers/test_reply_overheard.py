from __future__ import annotations

from typing import TYPE_CHECKING

from tests.inspector.over_nats import Broker
from tests.inspector.scenes import Sentences, Trace, group_in, said_of, sentences

if TYPE_CHECKING:
    from tests.inspector.conversation import Wire


def _beside(*subjects: str, calls: int = 1) -> Wire:
    """Return calls beside peers that have subscribed to some wildcards."""
    broker = Broker()
    worker, caller = broker.worker("sum"), broker.peer()
    listeners = [broker.worker(each) for each in subjects]
    for _ in range(calls):
        passing = caller.ask("sum")
        worker.take(passing)
        body = worker.answer(passing, 6)
        caller.get(passing, body)
        for listener in listeners:
            listener.get(passing, body)
        caller.leave(passing)
    return broker.wire


TRACE = Trace(lambda: _beside("_INBOX.>"), _beside)


def test_what_it_says() -> None:
    assert said_of(TRACE, "reply-overheard") == Sentences(
        message="a reply to sum reached 10.0.0.3:50003, who had not asked",
        headline="1 reply overheard",
        cause=(
            "10.0.0.3:50003 subscribed to a wildcard that covers the inboxes of "
            "others, and had the replies to sum (#1). Who listens so sees what callers "
            "are answered; a handler of Nest on such a wildcard runs with each reply "
            "as its data. Packet 28."
        ),
        hint=(
            "subscribe to narrower subjects at NATS than > or _INBOX.>, and let "
            "permissions of the broker allow no more"
        ),
    )


def test_all_who_hear_a_reply_are_named() -> None:
    said = sentences(group_in(_beside("_INBOX.>", ">", calls=2), "reply-overheard"))

    assert said.headline == "4 replies overheard"
    assert said.cause.startswith("10.0.0.3:50003 and 10.0.0.4:50004 subscribed")
