"""What of aiokafka has no public name, and is used nevertheless.

Its version is pinned by nobody who installs us, so a test looks for each of these.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_logger = logging.getLogger("aiokafka")
if _logger.level == logging.NOTSET:
    # It says of each attempt what it will try again; what matters comes as an error.
    _logger.setLevel(logging.CRITICAL)


def client_of(peer: Any) -> Any:  # noqa: ANN401 — of aiokafka, which has no types
    """Return what knows the brokers, of a consumer or a producer."""
    public = getattr(peer, "client", None)  # of a producer
    return peer._client if public is None else public  # noqa: SLF001


def watch(peer: Any, broken: Callable[[], None]) -> None:  # noqa: ANN401
    """Be told of connections that break, other than those that are closed.

    Args:
        peer: A consumer or a producer that has not started.
        broken: Called for each of them, once aiokafka has asked for the brokers anew.
    """
    from aiokafka.conn import CloseReason  # noqa: PLC0415 — an extra

    client = client_of(peer)
    note = client._on_connection_closed  # noqa: SLF001
    ours = (CloseReason.SHUTDOWN, CloseReason.IDLE_DROP)

    def closed(connection: object, reason: object) -> None:
        note(connection, reason)
        if reason not in ours:
            broken()

    client._on_connection_closed = closed  # noqa: SLF001


async def ask(client: Any, request: Any) -> Any:  # noqa: ANN401
    """Return what one of the brokers answers.

    Args:
        client: As :func:`client_of` returns it.
        request: Of aiokafka's protocol.

    Raises:
        KafkaError: None of them answers.
    """
    from aiokafka.errors import NodeNotReadyError  # noqa: PLC0415 — an extra

    nodes = [each.nodeId for each in client.cluster.brokers()]
    for node in nodes[:-1]:
        try:
            return await client.send(node, request)
        except NodeNotReadyError:
            continue
    if not nodes:
        raise NodeNotReadyError("no brokers are known")
    return await client.send(nodes[-1], request)


def transports_of(peer: Any) -> Iterator[asyncio.Transport]:  # noqa: ANN401
    """Yield the sockets of a consumer or a producer."""
    for connection in client_of(peer)._conns.values():  # noqa: SLF001
        writer = connection._writer  # noqa: SLF001
        if writer is not None:
            yield writer.transport


def of_scram(error: BaseException) -> bool:
    """Whether an error comes from aiokafka's reading of what a broker says by SCRAM."""
    from aiokafka.conn import ScramAuthenticator  # noqa: PLC0415 — an extra

    at = error.__traceback__
    while at is not None:
        if isinstance(at.tb_frame.f_locals.get("self"), ScramAuthenticator):
            return True
        at = at.tb_next
    return False


async def refuses_login(host: str | None, port: int, told: dict[str, Any]) -> bool:
    """Whether a broker refuses a user: aiokafka only logs why it cannot connect.

    Args:
        host: Where the broker is.
        port: … there.
        told: What producers are told, with the user.

    Raises:
        OSError: It cannot be reached.
    """
    from aiokafka import errors  # noqa: PLC0415 — an extra
    from aiokafka.conn import create_conn  # noqa: PLC0415

    _, writer = await asyncio.open_connection(host, port, ssl=told.get("ssl_context"))
    writer.close()
    if "sasl_mechanism" not in told:
        return False
    told = {name: each for name, each in told.items() if name != "bootstrap_servers"}
    try:
        connection = await create_conn(host, port, **told)
    except (
        errors.AuthenticationFailedError,
        errors.IllegalSaslStateError,
        errors.SaslAuthenticationFailed,
        errors.UnsupportedSaslMechanismError,
    ):
        return True
    except (LookupError, ValueError) as error:
        return of_scram(error)
    except (OSError, errors.KafkaError):
        return False
    connection.close()
    return False
