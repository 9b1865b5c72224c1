"""Early data (0-RTT) by hand, since neither Node nor Python sends them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from inspector.streams.items import Chunk, Gap
from inspector.tls.keylog import EARLY, HANDSHAKES, TRAFFIC
from inspector.tls.schedule import modern_keys
from inspector.tls.searching import Budget
from inspector.tls.session import Session
from inspector.tls.suites import MODERN
from tests.inspector.tls_talk import (
    CLIENT,
    SERVER,
    chunks,
    connection,
    keylog_of,
    plain,
)

if TYPE_CHECKING:
    from collections.abc import Callable

_RANDOM = b"r" * 32
_LABELS = (EARLY, *HANDSHAKES, *TRAFFIC)
_SECRETS = {label: bytes([place]) * 32 for place, label in enumerate(_LABELS)}
_EARLY_DATA = b"\0\x2a\0\0"


def _keylog(*labels: str) -> bytes:
    return b"".join(
        f"{each} {_RANDOM.hex()} {_SECRETS[each].hex()}\n".encode() for each in labels
    )


def _message(kind: int, body: bytes) -> bytes:
    return bytes([kind]) + len(body).to_bytes(3, "big") + body


def _record(kind: int, body: bytes) -> bytes:
    return bytes([kind, 3, 3]) + len(body).to_bytes(2, "big") + body


def _sealer(label: str) -> Callable[[int, bytes], bytes]:
    keys, numbers = modern_keys(MODERN[0x1301], _SECRETS[label]), iter(range(100))

    def seal(kind: int, data: bytes) -> bytes:
        nonce = int.from_bytes(keys.iv, "big") ^ next(numbers)
        head = bytes([23, 3, 3]) + (len(data) + 17).to_bytes(2, "big")
        inner = data + bytes([kind])
        return head + AESGCM(keys.key).encrypt(nonce.to_bytes(12, "big"), inner, head)

    return seal


def _passed(*, accepted: bool) -> list[tuple[int, bytes]]:
    hello = b"\x03\x03" + _RANDOM + b"\0\0\x02\x13\x01\x01\0\0\x04" + _EARLY_DATA
    answer = b"\x03\x03" + bytes(32) + b"\0\x13\x01\0\0\x06\0\x2b\0\x02\x03\x04"
    extensions = b"\0\x04" + _EARLY_DATA if accepted else b"\0\0"
    early, traffic = _sealer(EARLY), _sealer(TRAFFIC[0])
    client, server = map(_sealer, HANDSHAKES)
    flight = _message(8, extensions) + _message(20, bytes(32))
    data, end = early(23, b"early"), client(22, _message(20, bytes(32)))
    if accepted:
        end = early(22, _message(5, b"")) + end
    return [
        (CLIENT, _record(22, _message(1, hello)) + _record(20, b"\1")),
        (CLIENT, data),
        (SERVER, _record(22, _message(2, answer)) + server(22, flight)),
        (CLIENT, end + traffic(23, b"late")),
        (SERVER, _sealer(TRAFFIC[1])(23, b"reply")),
    ]


@pytest.mark.parametrize(
    ("labels", "accepted", "read"),
    [
        (_LABELS, True, b"earlylate"),
        (_LABELS, False, b"late"),
        (_LABELS[1:], True, b"late"),
        (_LABELS[1:], False, b"late"),
    ],
)
def test_early_data_are_read_if_the_server_reads_them(
    labels: tuple[str, ...], read: bytes, *, accepted: bool
) -> None:
    on = connection()
    session = Session(on, keylog_of(_keylog(*labels)), Budget())
    session.begin(on.directions[CLIENT])
    items = [
        item
        for chunk in chunks(_passed(accepted=accepted), on)
        for item in session.receive(chunk)
    ]
    items += session.finish()

    assert plain(items, CLIENT) == read
    assert plain(items, SERVER) == b"reply"
    lost = accepted and EARLY not in labels
    assert any(isinstance(each, Gap) for each in items) == lost
    assert not session.broken
    assert session.opened
    assert session.random == _RANDOM
    assert [each for each in items if isinstance(each, Chunk)][-1].data == b"reply"
