from __future__ import annotations

from inspector.calls.foreign import ForeignTraffic
from inspector.calls.secrecy import heed
from inspector.calls.seen import SECRECY, Remark, Upkeep
from inspector.streams.items import Alarm, Handshake, Unread
from inspector.streams.packets import DataPacket
from tests.inspector.tls_talk import connection


def test_what_keeps_a_connection_secret_is_upkeep_or_a_remark() -> None:
    where, packet = connection().directions[0], DataPacket(1, 1, 0, 0)
    known, unknown = ForeignTraffic(forced={8888: "tcp"}), ForeignTraffic()
    alarm = Alarm(where, "why", packet)
    unread = Unread(where, "because", packet, begun=False)

    (upkeep,) = heed(Handshake(where, "TLS key update", [packet]), unknown)
    assert isinstance(upkeep, Upkeep)
    assert (upkeep.unit.verb, upkeep.carrier) == ("TLS key update", SECRECY)

    assert heed(alarm, unknown) == heed(unread, unknown) == []
    assert unknown.foreign == {"TLS on :8888": 1}
    found = [*heed(alarm, known), *heed(unread, known)]
    assert all(isinstance(each, Remark) for each in found)
    assert [
        (each.code, each.subject) for each in found if isinstance(each, Remark)
    ] == [
        ("tls-alert", "why"),
        ("undecrypted-tls", "because"),
    ]
