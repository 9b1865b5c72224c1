from __future__ import annotations

import pytest

from inspector.pipeline import Options, Pipeline
from tests.inspector.conversation import CLIENT, SERVER, Wire, inspected
from tests.inspector.scenes import Sentences, Trace, said_of, stranger

_JSON = b'{"pattern":"sum","id":"1"}'
TRACE = Trace(stranger("10.0.0.2:8888", _JSON), stranger("10.0.0.2:80", b'{"a":1}'))


def test_what_it_says() -> None:
    assert said_of(TRACE, "unframed-bytes") == Sentences(
        message='JSON without a length to 10.0.0.2:8888: {"pattern":"sum","id":"1"}',
        headline="JSON without a length on a port of Nest",
        cause=(
            "The client sent JSON without a length to 10.0.0.2:8888 on 1 connection: "
            '{"pattern":"sum","id":"1"}. There is no length before the JSON: '
            "Nest takes everything for a length. Nest never answers, and drops the "
            "connection after 30 s (11.2.5, 12.0.3 and later). Packet 7."
        ),
        hint=(
            "send the length in UTF-16 code units, then #, then the JSON; "
            "protocol-inspect explain shows the frame for a text"
        ),
    )


@pytest.mark.parametrize(
    ("data", "severity"), [(b"hello\n", "warning"), (b"\x00" * 4, "warning"),
                           (b"22" + _JSON, "error"), (b"22:" + _JSON, "error")],
)  # fmt: skip
def test_whatever_is_no_frame_is_told_with_its_first_bytes(
    data: bytes, severity: str
) -> None:
    (found,) = inspected(stranger("10.0.0.2:8888", data)().records).findings

    assert (found.code, found.severity) == ("unframed-bytes", severity)
    assert found.detail == repr(data)[2:-1][:40]


def test_long_beginnings_are_cut_and_control_characters_are_spelled_out() -> None:
    data = b'{"a":"\x1b[31m' + b"x" * 10_000
    (found,) = inspected(stranger("10.0.0.2:8888", data)().records).findings

    assert "\x1b" not in found.detail
    assert len(found.detail) == 41


@pytest.mark.parametrize("ports", [[], [8888]])
@pytest.mark.parametrize(
    ("data", "code"),
    [
        (_JSON, "unframed-bytes"),
        (b"\x16\x03\x01\x00\xa5\x01\x00\x00", "foreign-protocol"),
        (b"GET / HTTP/1.1\r\n\r\n", "foreign-protocol"),
        (b"x1#{}", None),
    ],
)
def test_a_port_that_is_named_spoils_no_diagnosis(
    data: bytes, code: str | None, ports: list[int]
) -> None:
    wire = Wire()
    wire.connect().send(CLIENT, data).ack(SERVER).close()
    seen = inspected(wire.records, ports=ports)

    forced = "corrupted-length" if code is None else code
    expected = [forced] if ports or code == "unframed-bytes" else []
    assert seen.codes == expected


def test_a_server_that_speaks_first_is_no_client_of_nests() -> None:
    wire = Wire()
    wire.connect().ask("sum", "1").answer("1", 1).ack(CLIENT)
    wire.connect(client="10.0.0.3:50000").send(SERVER, b"hello\n").close()

    assert inspected(wire.records).codes == []


def test_secrets_are_hidden_with_all_that_stands_there() -> None:
    class Hidden:
        hides_channels = False

        def body(self, text: bytes) -> bytes:
            return text

        channel = addressed = body

        def words(self, words: str) -> str:
            return words

    pipeline = Pipeline(Options(conceal=Hidden()))
    found = list(pipeline.inspect(stranger("10.0.0.2:8888", _JSON)().records))

    texts = [each.message for each in found if hasattr(each, "message")]
    assert texts == ["JSON without a length to 10.0.0.2:8888"]
