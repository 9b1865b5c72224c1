"""SRV records of a server of names in this event loop."""

from __future__ import annotations

import asyncio
from typing import Any

import dns.message
import dns.rcode
import dns.rrset
import pytest

from servers.discovery import dns_srv
from servers.discovery.asking import RegistryError
from tests.patience import PATIENCE

_NAME = "_nest._tcp.calc.internal."


class _Nameserver(asyncio.DatagramProtocol):
    """Answers with what it has, for a second."""

    def __init__(self) -> None:
        self.records: list[str] = []
        self.broken = False
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        query = dns.message.from_wire(data)
        answer = dns.message.make_response(query)
        if self.broken:
            answer.set_rcode(dns.rcode.REFUSED)
        elif self.records:
            answer.answer.append(
                dns.rrset.from_text(_NAME, 1, "IN", "SRV", *self.records)
            )
        else:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        self._transport.sendto(answer.to_wire(), addr)


async def test_the_first_priority_is_followed_as_records_change() -> None:
    loop = asyncio.get_running_loop()
    nameserver = _Nameserver()
    transport, _ = await loop.create_datagram_endpoint(
        lambda: nameserver, ("127.0.0.1", 0)
    )
    own = transport.get_extra_info("sockname")
    values: Any = dns_srv(_NAME, nameservers=[own]).addresses()
    try:
        async with asyncio.timeout(PATIENCE):
            assert await anext(values) == []
            nameserver.records = [
                "10 5 8888 one.internal.",
                "10 5 8889 two.internal.",
                "20 5 8890 spare.internal.",
            ]
            assert await anext(values) == [
                ("one.internal", 8888),
                ("two.internal", 8889),
            ]
            nameserver.records = nameserver.records[2:]
            assert await anext(values) == [("spare.internal", 8890)]
            nameserver.broken = True
            with pytest.raises(RegistryError):
                await anext(values)
    finally:
        await values.aclose()
        transport.close()
