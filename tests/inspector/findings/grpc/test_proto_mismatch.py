from __future__ import annotations

import pytest

from captures.grpc_stage import PROTO
from tests.inspector.carriers.grpc.written import (
    SUM,
    asks,
    data,
    message,
    number,
    words,
)
from tests.inspector.conversation import CLIENT, Records, Wire
from tests.inspector.over_grpc import answered, service
from tests.inspector.scenes import Sentences, Trace, group_in, said_of, sentences

_OTHER_FILE = "pass the .proto file that both sides were built with"


def _asked(*messages: bytes, path: str = SUM) -> Wire:
    wire = Wire()
    wire.records = described = Records()
    described.protos = (str(PROTO),)
    link = service(wire)
    for number_, each in enumerate(messages):
        stream = 2 * number_ + 1
        link.send(CLIENT, asks(stream, path) + data(stream, message(each), ends=True))
        answered(link, stream)
    link.close()
    return wire


TRACE = Trace(
    lambda: _asked(words("a") + number(1, 4)),
    lambda: _asked(words("a")),
)


def test_what_it_says() -> None:
    assert said_of(TRACE, "proto-mismatch") == Sentences(
        message="the client sent field 4, which calc.Numbers does not have",
        headline="1 message unlike the .proto file",
        cause=(
            "By the file each is a calc.Numbers, which has no field 4: it is not "
            "shown. Packet 6."
        ),
        hint=_OTHER_FILE,
    )


@pytest.mark.parametrize(
    ("messages", "path", "expected"),
    [
        (
            (number(1, 4) + number(1, 7), number(1, 9)),
            SUM,
            Sentences(
                "the client sent fields 4 and 7, which calc.Numbers does not have",
                "2 messages unlike the .proto file",
                "By the file each is a calc.Numbers, which has no fields 4, 7 and 9: "
                "they are not shown. Packets 6 9.",
                _OTHER_FILE,
            ),
        ),
        (
            (b"\x0a\x05a",),
            SUM,
            Sentences(
                "what the client sent is not a calc.Numbers",
                "1 message unlike the .proto file",
                "By the file each is a calc.Numbers, and cannot be read as one; their "
                "fields have numbers instead of names. Packet 6.",
                _OTHER_FILE,
            ),
        ),
        (
            (words("a"),),
            "/shop.Shop/Buy",
            Sentences(
                "no file of --proto has /shop.Shop/Buy",
                "1 call of a method that no .proto file has",
                "/shop.Shop/Buy is not in the files of --proto; the fields of its "
                "messages have numbers instead of names. Packet 6.",
                "pass the .proto file of that service, too",
            ),
        ),
    ],
)
def test_every_way_of_it_is_said(
    messages: tuple[bytes, ...], path: str, expected: Sentences
) -> None:
    group = group_in(_asked(*messages, path=path), "proto-mismatch")
    assert sentences(group) == expected
