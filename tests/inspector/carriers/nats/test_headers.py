from __future__ import annotations

import pytest

from inspector.carriers.nats.headers import Headers, read_headers
from inspector.redaction.texts import AUTO, Redaction


@pytest.mark.parametrize(
    ("block", "status", "facts"),
    [
        (b"NATS/1.0\r\n\r\n", "", {}),
        (b"NATS/1.0 503\r\n\r\n", "503", {}),
        (b"NATS/1.0 100 Idle Heartbeat\r\nA: 1\r\n\r\n", "100", {"A": "1"}),
        (
            b"NATS/1.0\r\na:1:2\r\nb: x \r\na: 3\r\n\r\n",
            "",
            {"a": ["1:2", "3"], "b": "x"},
        ),
        (b"NATS/1.0\r\na: 1\r\na: 2\r\na: 3\r\n\r\n", "", {"a": ["1", "2", "3"]}),
        (b"NATS/1.0", "", {}),
        (b"NATS/1.0\r\nno colon\r\n\r\n", "", {}),
        (b"HTTP/1.0 503\r\na: 1\r\n\r\n", "", {}),
    ],
)
def test_headers_are_a_status_and_values_by_name(
    block: bytes, status: str, facts: dict[str, object]
) -> None:
    assert read_headers(block, None) == Headers(status, facts)


def test_secrets_are_hidden_by_their_names_and_their_looks() -> None:
    block = b"NATS/1.0\r\nAuthorization: abc \r\nn: 1\r\nx: Bearer A1B2C3D4E5F6\r\n\r\n"
    headers = read_headers(block, Redaction([AUTO]))

    assert headers.facts == {"Authorization": "xxx", "n": "1", "x": "x" * 19}
    assert [block[begin:end] for begin, end in headers.secret] == [
        b"abc",
        b"Bearer A1B2C3D4E5F6",
    ]
    assert read_headers(block, None).secret == ()


@pytest.mark.parametrize(
    ("block", "secrets"),
    [
        (b"NATS/1.0\r\nAuthorization:\r\n Bearer: abc\r\n\r\n", [b"Bearer: abc"]),
        (b"NATS/1.0\r\na: 1\r\n\t2\r\nno colon\r\n\r\n", [b"2", b"no colon"]),
        (b"password: abc\r\n\r\n", [b"password: abc\r\n\r\n"]),
    ],
)
def test_nothing_is_shown_of_what_is_no_header_of_its_own(
    block: bytes, secrets: list[bytes]
) -> None:
    spans = read_headers(block, Redaction([AUTO])).secret

    assert [block[low:high] for low, high in spans if low < high] == secrets
