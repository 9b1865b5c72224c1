from __future__ import annotations

from typing import TYPE_CHECKING

from tests.inspector.carriers.redis.conversations import confirmed, strings
from tests.inspector.conversation import CLIENT, SERVER
from tests.inspector.over_redis import Broker, answered, asked, called
from tests.inspector.scenes import Sentences, Trace, said_of

if TYPE_CHECKING:
    from tests.inspector.conversation import Wire


def _hasty() -> Wire:
    broker = Broker()
    caller, handler = broker.peer(), broker.peer("sum")
    caller.listens.send(CLIENT, strings("subscribe", "sum.reply"))
    caller.publish("sum", asked())
    caller.listens.send(SERVER, confirmed("subscribe", "sum.reply", 1))
    handler.get("sum", asked()).publish("sum.reply", answered())
    caller.get("sum.reply", answered()).unsubscribe("sum.reply")
    return broker.wire


def _patient() -> Wire:
    broker = Broker()
    called(broker.peer(), broker.peer("sum"))
    return broker.wire


TRACE = Trace(_hasty, _patient)


def test_what_it_says() -> None:
    said = said_of(TRACE, "subscribed-late")

    assert said == Sentences(
        message="sum was sent before its caller was known to listen on the channel "
        "sum.reply",
        headline="1 message sent before the caller listened",
        cause=(
            "sum (#1): Redis confirmed the subscription to sum.reply only after the "
            "request. A fast reply finds nobody, and the caller waits without end; a "
            f"client of Nest waits. {said.cause.rpartition('. ')[2]}"
        ),
        hint="publish a request once the broker has confirmed the subscription",
    )
