"""What a written capture costs in memory while it is redacted, is bounded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from inspector.pipeline import Options, Pipeline
from inspector.redaction.patches import PatchTap
from inspector.redaction.texts import AUTO, Redaction
from tests.inspector.conversation import CLIENT, Wire, request
from tests.inspector.over_nats import Broker, Peer, called, publish

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inspector.sources.records import PacketRecord

_TLS = b"\x16\x03\x01\x02\x00" + b"c" * 1_000
_PACKETS = 200


def _most_unread(records: list[PacketRecord]) -> int:
    """Return how many unread bytes were kept at most, as each record came."""
    tap, most = PatchTap(redacted=True), 0

    def watched() -> Iterator[PacketRecord]:
        nonlocal most
        for record in records:
            yield record
            most = max(most, tap.unread)

    pipeline = Pipeline(Options(conceal=Redaction([AUTO])), taps=[tap])
    list(pipeline.inspect(watched()))
    most = max(most, tap.unread)
    assert tap.unread == 0
    return most


def test_of_a_connection_that_turns_to_tls_one_packet_is_kept() -> None:
    broker = Broker()
    secret = Peer(broker.wire.connect(server=broker.endpoint)).hear(
        b'INFO {"tls_required":true}\r\n'
    )
    for _ in range(_PACKETS):
        secret.say(_TLS).hear(_TLS)
    called(broker.peer(), broker.worker("sum"))

    assert _most_unread(broker.wire.records) < 3 * len(_TLS)


def test_of_what_cannot_be_read_as_much_is_kept_as_the_search_needs() -> None:
    broker = Broker()
    caller = broker.peer()
    called(caller, broker.worker("sum"))
    for _ in range(_PACKETS):
        caller.say(b"rubbish\r\n" * 100)
    caller.say(publish("log", b'{"pattern":"log"}'))

    assert _most_unread(broker.wire.records) < 10_000


@pytest.mark.parametrize("lost", [False, True])
def test_an_unfinished_packet_is_kept_until_it_is_lost_or_over(*, lost: bool) -> None:
    wire = Wire()
    call = wire.connect().ask("sum", "1").answer("1", 1)
    call.send(CLIENT, b'999#{"pattern":"' + b"x" * 200)
    if lost:
        call.send(CLIENT, b"y" * 300, captured=False)
        call.send(CLIENT, request("sum", "2"))
    call.close()

    assert 200 < _most_unread(wire.records) < 300
