"""SRV records: the hosts and ports of a service.

Source: RFC 2782.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from servers.errors import UsageError

from .asking import RegistryError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from servers.client.addresses import Address

_SOONEST, _LATEST = 1.0, 60.0  # seconds between two questions, whatever the TTL is


class DnsDiscovery:
    """The targets of SRV records; see :func:`dns_srv`."""

    def __init__(self, record: str, nameservers: Sequence[tuple[str, int]]) -> None:
        self.name = f"SRV {record}"
        self._record = record
        self._resolver = _resolver(nameservers)

    async def addresses(self) -> AsyncIterator[Sequence[Address]]:
        """Iterate over the addresses, those of now first.

        Raises:
            RegistryError: No server of names answers.
        """
        known = None
        while True:
            found, seconds = await self._asked()
            if found != known:
                known = found
                yield found
            await asyncio.sleep(min(max(seconds, _SOONEST), _LATEST))

    async def _asked(self) -> tuple[list[tuple[str, int]], float]:
        """Return the targets of the first priority, and for how long that holds."""
        from dns.exception import DNSException  # noqa: PLC0415 — an extra
        from dns.resolver import NXDOMAIN, NoAnswer  # noqa: PLC0415

        try:
            answer = await self._resolver.resolve(self._record, "SRV")
        except (NXDOMAIN, NoAnswer):
            return [], 0.0
        except DNSException as error:
            raise RegistryError(str(error)) from error
        records = list(answer)
        first = min(each.priority for each in records)
        found = [
            (each.target.to_text(omit_final_dot=True), each.port)
            for each in records
            if each.priority == first
        ]
        return sorted(found), answer.rrset.ttl


def dns_srv(
    record: str, *, nameservers: Sequence[tuple[str, int]] = ()
) -> DnsDiscovery:
    """Return where SRV records say that a service is.

    Those of the lowest priority get calls, by the balance of the client: weights are
    not looked at. The question is asked again when the records expire.

    Args:
        record: ``_service._proto.name``.
        nameservers: Hosts and ports to ask, instead of those of the system.

    Raises:
        UsageError: dnspython is not installed.
    """
    return DnsDiscovery(record, nameservers)


def _resolver(nameservers: Sequence[tuple[str, int]]) -> Any:  # noqa: ANN401 — an extra
    try:
        from dns.asyncresolver import Resolver  # noqa: PLC0415
        from dns.nameserver import Do53Nameserver  # noqa: PLC0415
    except ImportError:
        raise UsageError(
            "discovery needs dnspython: pip install 'protocol-inspect[discovery]'"
        ) from None
    resolver = Resolver(configure=not nameservers)
    if nameservers:
        resolver.nameservers = [Do53Nameserver(*each) for each in nameservers]
    return resolver
