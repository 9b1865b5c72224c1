"""An exchange of the library says how it passed, also once it has travelled."""

from __future__ import annotations

import copy
import pickle

from inspector import UNDEFINED, Exchange, inspect
from inspector.filters.passages import OF_PASSAGE
from tests.inspector.conversation import STEP, Wire
from tests.inspector.over_nats import Broker, called


def _over_nats() -> Exchange:
    broker = Broker()
    caller = broker.peer("10.1.1.1:1")
    called(caller, broker.worker("sum", endpoint="10.1.1.2:2"))
    (call,) = inspect(broker.wire.records).exchanges
    return call


def test_it_says_where_it_went_and_how_long_each_stage_took() -> None:
    call = _over_nats()

    assert (call.channel, call.handlers) == ("sum", ["10.1.1.2:2"])
    assert isinstance(call.reply_channel, str)
    assert call.reply_channel.startswith("_INBOX.")
    assert (call.queue_ns, call.handler_ns, call.return_ns) == (STEP, STEP, STEP)


def test_its_hops_and_errands_are_those_of_its_line() -> None:
    call = _over_nats()
    line = call.to_dict()

    assert isinstance(call.hops, list)
    assert [hop["way"] for hop in call.hops] == ["in", "out", "in", "out"]
    assert isinstance(call.errands, list)
    assert [each["verb"] for each in call.errands] == ["SUB", "UNSUB"]
    assert {name: getattr(call, name) for name in OF_PASSAGE} == {
        name: line[name] for name in OF_PASSAGE
    }


def test_one_that_has_travelled_says_the_same() -> None:
    call = _over_nats()
    for other in (pickle.loads(pickle.dumps(call)), copy.deepcopy(call)):  # noqa: S301
        assert other == call
        assert other.to_dict() == call.to_dict()
        assert [getattr(other, name) for name in OF_PASSAGE] == [
            getattr(call, name) for name in OF_PASSAGE
        ]
    again = pickle.loads(pickle.dumps(pickle.loads(pickle.dumps(call))))  # noqa: S301
    assert again == call


def test_over_a_direct_carrier_there_is_nothing_to_say() -> None:
    wire = Wire()
    wire.connect().ask("sum", "1").answer("1", 1)
    (call,) = inspect(wire.records).exchanges
    for each in (call, pickle.loads(pickle.dumps(call))):  # noqa: S301
        assert {name: getattr(each, name) for name in OF_PASSAGE} == dict.fromkeys(
            OF_PASSAGE, UNDEFINED
        )
