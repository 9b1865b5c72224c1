from __future__ import annotations

import pytest

from inspector.calls.chains import traces
from inspector.calls.chains.seeking import with_parents
from inspector.calls.chains.traces import trace_of
from inspector.calls.exchanges import Exchange
from inspector.calls.links import Evidence
from protocol import UNDEFINED, Json, JsonText, dumps
from tests.inspector import over_mqtt, over_nats, over_rabbitmq
from tests.inspector.carriers.mqtt.written import publish, user
from tests.inspector.carriers.rabbitmq.wire import deliver
from tests.inspector.conversation import CLIENT, SERVER, Wire, inspected
from tests.inspector.over_rabbitmq import QUEUE

_ID = "0af7651916cd43dd8448eb211c80319c"
_TRACE = f"00-{_ID}-b7ad6b7169203331-01"


@pytest.mark.parametrize(
    ("metadata", "trace"),
    [
        ({"traceparent": _TRACE}, _ID),
        ({"Traceparent": [_TRACE]}, _ID),
        ({"headers": {"traceparent": _TRACE}}, _ID),
        ({"traceparent": "00-" + "0" * 32 + "-b7ad6b7169203331-01"}, ""),
        ({"traceparent": "rubbish"}, ""),
        ({"trace": _TRACE}, ""),
        ([_TRACE], ""),
        (_TRACE, ""),
        ({"traceparent": _TRACE, "more": "x" * traces.LARGEST}, ""),
    ],
)
def test_a_trace_is_named_in_metadata_or_headers(metadata: Json, trace: str) -> None:
    assert trace_of(JsonText(dumps(metadata))) == trace


def test_without_metadata_there_is_no_trace() -> None:
    assert trace_of(UNDEFINED) == ""


def test_a_trace_in_headers_joins_what_three_brokers_carried() -> None:
    wire = Wire()
    broker = over_nats.Broker(wire)
    one = broker.peer("10.0.1.1:50000")
    other = broker.worker("order", endpoint="10.0.1.2:50000")
    body = dumps({"pattern": "order", "data": 1})
    head = f"NATS/1.0\r\ntraceparent: {_TRACE}\r\n\r\n".encode()
    sizes = f"{len(head)} {len(head) + len(body)}\r\n".encode()
    one.say(b"HPUB order " + sizes + head + body + b"\r\n")
    number = str(other.numbers["order"]).encode()
    other.hear(b"HMSG order " + number + b" " + sizes + head + body + b"\r\n")
    queues = over_rabbitmq.Broker()
    queues.wire = wire
    worker, caller = queues.worker(), queues.peer()  # on the host that logs
    said = {"headers": {"traceparent": _TRACE}}
    paid = dumps({"pattern": "pay", "data": "twice"})
    caller.publish(paid, QUEUE, **said)
    worker.hear(deliver(paid, 1, QUEUE, exchange="", **said))
    sender, handler = (
        over_mqtt.peer(wire, port=51),
        over_mqtt.worker(wire, "log", port=52),
    )
    logged = dumps({"pattern": "log", "data": True})
    for peer, side in ((sender, CLIENT), (handler, SERVER)):
        peer.send(side, publish("log", logged, said=user(traceparent=_TRACE)))
    found = [
        (each.route, each.link and (each.link.parent, each.link.evidence))
        for each in with_parents(inspected(wire.records).exchanges)
        if isinstance(each, Exchange)
    ]

    assert found == [
        ("order", None),
        ("pay", (1, Evidence.TRACE)),
        ("log", (2, Evidence.TRACE)),
    ]
