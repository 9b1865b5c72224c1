from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Any

import pytest

from inspector.findings.payloads.bloated_payload import binary_in
from protocol import dumps
from tests.inspector.conversation import Wire, inspected
from tests.inspector.scenes import Sentences, Trace, asked, said_of

if TYPE_CHECKING:
    from inspector.findings.finding import Finding

BINARY = bytes(range(256)) * 4

TRACE = Trace(
    asked({"type": "Buffer", "data": list(range(256)) * 4}),
    asked({"type": "Buffer", "data": [1, 2, 3]}),
)


def test_what_it_says() -> None:
    assert said_of(TRACE, "bloated-payload") == Sentences(
        message="binary data as numbers in a request of 3.68 kB",
        headline="3.68 kB of payloads with binary data as numbers",
        cause=(
            "login: a Buffer in JSON takes three to four times its size, and both "
            "sides parse it as text. Packet 4."
        ),
        hint="send base64 instead of a Buffer, or store the data elsewhere",
    )


def _bloat(data: Any) -> list[Finding]:  # noqa: ANN401 — any JSON
    wire = Wire()
    wire.connect().ask("put", "1", data).answer("1", data)
    findings = inspected(wire.records).findings
    return [each for each in findings if each.code == "bloated-payload"]


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        ({"type": "Buffer", "data": list(BINARY)}, "numbers"),
        ({"file": {"type": "Buffer", "data": list(BINARY)}}, "numbers"),
        (b64encode(BINARY).decode(), "base64"),
        ({"file": b64encode(BINARY).decode()}, "base64"),
        ({"url": "data:image/png;base64," + b64encode(BINARY).decode()}, "base64"),
    ],
)
def test_binary_data_as_text_is_found_in_both_directions(
    data: object, kind: str
) -> None:
    request, reply = _bloat(data)

    assert (request.subject, request.detail) == (kind, "request")
    assert (reply.subject, reply.detail) == (kind, "reply")
    assert request.size == reply.size == len(dumps(data))


@pytest.mark.parametrize(
    "data",
    [
        "x" * 5_000,
        "many words of plain text " * 200,
        [1, 2, 3] * 1_000,
        {"data": list(BINARY)},
        b64encode(b"short").decode(),
    ],
)
def test_other_payloads_are_not(data: object) -> None:
    assert _bloat(data) == []


def test_a_large_payload_is_found_beside_another_with_longer_text() -> None:
    wire = Wire()
    # Of a pattern that is new every exchange is looked at: this one is not.
    call = wire.connect().ask("put", "1", 1).answer("1", 1)
    call.ask("put", "2", [1] * 1_000)
    call.answer("2", {"file": b64encode(BINARY).decode()})
    (finding,) = inspected(wire.records).findings

    assert (finding.code, finding.subject, finding.detail) == (
        "bloated-payload",
        "base64",
        "reply",
    )


_DIGITS = "AbCdEfGhIjKlMnOpQrStUvWxYz0123456789"


@pytest.mark.parametrize(
    "text",
    [
        '"type":"Buffer","data":[1,' * 40_000,
        '"Buffer"' + '"type":"Buffer","data":[' + "1," * 400 + "x" * 1_000_000,
        _DIGITS * 30_000 + "*",
        "data:" * 200_000 + ",",
        "data:" + "x" * 80 + "," + _DIGITS * 30_000 + "=====",
    ],
    ids=["starts", "numbers", "digits", "addresses", "padding"],
)
def test_no_text_takes_more_than_one_look_at_each_character(text: str) -> None:
    # A pattern that tried its runs anew would not end here in hours.
    assert binary_in(text) == ""
