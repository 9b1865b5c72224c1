"""By which transports a service is served, from the arguments of ``serve``.

====================================  ============================================
``serve(port=8888)``                  by TCP, at a host and a port
``serve(Tcp(port=8888), Nats(…))``    by each of the transports: a hybrid application
``serve(Nats(…))``                    by the broker alone
====================================  ============================================
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias, Unpack

from servers.errors import UsageError
from servers.serving.places import DEFAULT_HOST, DEFAULT_PORT, Place
from servers.serving.plans import DEFAULT_GRACE, Plan, plan_of
from servers.tcp import Tcp

if TYPE_CHECKING:
    from collections.abc import Sequence

    from servers.serving.plans import ServeOptions

    from .endpoints import Transport

Way: TypeAlias = "Tcp | Transport"
"""One of the transports of a service."""

_OF_TCP = ("tls", "uds", "fd", "sock", "reuse_port")


class Ways(NamedTuple):
    """By which transports a service is served.

    Attributes:
        plan: Where it listens by TCP, if it does, and how it ends.
        brokers: The brokers that it is reached by.
    """

    plan: Plan
    brokers: tuple[Transport, ...] = ()

    def check_workers(self, count: int) -> None:
        """Refuse several processes that would each handle every message.

        Raises:
            UsageError: There are several, and one of the brokers does not distribute.
        """
        if count < 1:
            raise UsageError(f"{count} workers serve nobody")
        for broker in self.brokers:
            if count > 1 and not broker.shared:
                each = (
                    f"would each handle every message of {broker.name}: it has no "
                    "queue that they share"
                )
                raise UsageError(f"{count} workers {getattr(broker, 'unshared', each)}")


# decision 109
def ways_of(
    host: Way | str | None = DEFAULT_HOST,
    port: Way | int = DEFAULT_PORT,
    *more: Way,
    **options: Unpack[ServeOptions],
) -> Ways:
    """Return what the arguments of ``serve`` say.

    Args:
        host: A host, or the first of several transports …
        port: … a port, or the second …
        more: … and the others.
        options: As for ``serve``.

    Raises:
        UsageError: They name more than one place for TCP, or mix both forms.
    """
    if isinstance(host, str | None):
        if more or not isinstance(port, int):
            raise UsageError("pass either host and port, or transports such as Tcp()")
        return Ways(plan_of(host, port, **options))
    ways = [host, *more] if port == DEFAULT_PORT else [host, port, *more]
    listed: list[Way] = [each for each in ways if not isinstance(each, int)]
    if len(listed) < len(ways):
        raise UsageError("a port belongs into Tcp(port=…), where there are transports")
    for name in _OF_TCP:
        if options.get(name):
            raise UsageError(f"{name} belongs into Tcp({name}=…), beside other brokers")
    return _of_transports(listed, options)


def _of_transports(ways: Sequence[Way], options: ServeOptions) -> Ways:
    by_tcp = [each for each in ways if isinstance(each, Tcp)]
    brokers = tuple(each for each in ways if not isinstance(each, Tcp))
    if len(by_tcp) > 1:
        raise UsageError("a service listens at one place; pass one Tcp")
    if by_tcp:
        return Ways(_by_tcp(by_tcp[0], options), brokers)
    port = options.get("health_port")
    probes = None if port is None else Place(None, port)
    plan = plan_of(**options)._replace(place=None, probes=probes)
    return Ways(plan, brokers)


def _by_tcp(tcp: Tcp, options: ServeOptions) -> Plan:
    return plan_of(
        tcp.host,
        tcp.port,
        uds=tcp.uds,
        fd=tcp.fd,
        sock=tcp.sock,
        reuse_port=tcp.reuse_port,
        tls=tcp.tls,
        health_port=options.get("health_port"),
        grace=options.get("grace", DEFAULT_GRACE),
        drain=options.get("drain", 0.0),
    )
