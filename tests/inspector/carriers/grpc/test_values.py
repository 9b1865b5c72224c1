from __future__ import annotations

from typing import cast

from captures.grpc_stage import PROTO
from inspector.carriers.grpc.calls import Call
from inspector.carriers.grpc.messages import Message
from inspector.carriers.grpc.schemas import Schemas
from inspector.carriers.grpc.values import Misfit, Value, value_of
from inspector.redaction.texts import Redaction
from protocol import UNDEFINED, Json, JsonText, loads
from tests.inspector.carriers.grpc.written import message, number, words

_HIDDEN = Redaction(["auto"])
_KIND = "calc.Sample"


def _described() -> Call:
    call = Call("/calc.Calculator/Describe")
    call.method = Schemas([str(PROTO)]).method(call.path)
    return call


def _json(value: Value) -> Json:
    return loads(cast("JsonText", value.text))


def _message(data: bytes) -> Message:
    return Message(0, data, compressed=False)


def test_a_message_is_named_hidden_and_written_by_its_schema() -> None:
    call = _described()
    said = _message(words("Zoe") + words("hunter2", 2))
    shown = value_of(call, 0, said, None, asks=True)
    assert _json(shown) == {"userName": "Zoe", "password": "hunter2"}
    value = value_of(call, 0, said, _HIDDEN, asks=True)
    assert _json(value) == {"userName": "Zoe", "password": "xxxxxxx"}
    assert value.written == words("Zoe") + words("xxxxxxx", 2)
    own = _message(words("Zoe"))
    assert value_of(call, 0, own, _HIDDEN, asks=True).written == words("Zoe")


def test_what_the_schema_lacks_is_said_and_not_written() -> None:
    call = _described()
    said = _message(words("Zoe") + words("hunter2", 14))
    for hidden in (None, _HIDDEN):
        value = value_of(call, 0, said, hidden, asks=True)
        assert _json(value) == {"userName": "Zoe"}
        assert value.misfit == Misfit(_KIND, ("14",))
        assert value.written is None
    broken = value_of(call, 0, _message(number(1)[:1]), None, asks=True)
    assert broken.misfit == Misfit(_KIND)


def test_without_a_schema_the_shape_is_shown_where_it_is_known_to_be_one() -> None:
    call = Call()
    said = _message(words("hunter2", 2) + number(3, 3))
    blank = value_of(call, 0, said, _HIDDEN, asks=True)
    assert (_json(blank), blank.written) == ({"15": "x" * 9}, None)
    call.learn(0, {"content-type": "application/grpc"})
    value = value_of(call, 0, said, _HIDDEN, asks=True)
    assert _json(value) == {"2": "xxxxxxx", "3": 0}
    assert value.written == words("xxxxxxx", 2) + number(0, 3)
    call.learn(0, {"content-type": "application/grpc+json"})
    assert value_of(call, 0, said, _HIDDEN, asks=True).written is None


def test_without_a_way_to_unpack_it_nothing_is_said_of_a_message() -> None:
    packed = Message(0, message(b"")[5:], compressed=True)
    call = Call()
    call.learn(0, {"grpc-encoding": "snappy"})
    assert value_of(call, 0, packed, None, asks=True) == Value(UNDEFINED)
