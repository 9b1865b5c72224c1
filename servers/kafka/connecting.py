"""A producer and a consumer of aiokafka, and their errors as ours.

aiokafka finds the brokers of a cluster, and goes from one that fails to another. What
is lost here is the cluster: none of its brokers answers.
"""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote, urlsplit

from servers.errors import ConnectError
from servers.sockets import abort_elsewhere
from servers.tls import system_reason

from .library import ask, client_of, of_scram, refuses_login, transports_of, watch

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from .options import Options
    from .replies import Outgoing

_PORT = 9092
_GOODBYE = 5.0  # seconds for what is written last to leave
_PATIENCE = 40_000  # milliseconds that a broker may take to answer
_REFUSED = "the user is refused, or this way to log in"
_SOON = 0.05  # seconds until it is asked again whether a topic is made


class Settings(NamedTuple):
    """Where the brokers are, and how they are used.

    Attributes:
        name: Their URLs, without passwords.
        urls: … with them.
        options: How they are used.
    """

    name: str
    urls: list[str]
    options: Options

    @property
    def group(self) -> str:
        """The name of the group of a service."""
        return f"{self.options.group}{self.options.suffix}"

    def shared(self, suffix: str) -> dict[str, Any]:
        """Return what producers and consumers are told alike.

        Args:
            suffix: After the name of the connections.
        """
        options, parts = self.options, [urlsplit(each) for each in self.urls]
        secure, user = parts[0].scheme == "kafkas", parts[0].username
        told: dict[str, Any] = {
            "bootstrap_servers": [_address(each) for each in parts],
            "client_id": f"{options.client_id}{suffix}",
            "request_timeout_ms": _PATIENCE,
            "security_protocol": _PROTOCOLS[secure, user is not None],
        }
        if secure:
            told["ssl_context"] = options.tls or ssl.create_default_context()
        if user is not None:
            told["sasl_mechanism"] = options.mechanism
            told["sasl_plain_username"] = unquote(user)
            told["sasl_plain_password"] = unquote(parts[0].password or "")
        return told


_PROTOCOLS = {
    (False, False): "PLAINTEXT",
    (True, False): "SSL",
    (False, True): "SASL_PLAINTEXT",
    (True, True): "SASL_SSL",
}


def _address(parts: Any) -> str:  # noqa: ANN401 — of urlsplit
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{host}:{parts.port or _PORT}"


class Link:
    """What sends to the brokers, and knows the topics.

    Args:
        settings: Where they are.
        suffix: After the name of the connections.
        lost: Called once none of them answers.
    """

    def __init__(
        self,
        settings: Settings,
        suffix: str,
        lost: Callable[[Exception | None], None],
    ) -> None:
        self._settings = settings
        self._suffix = suffix
        self._lost = lost
        self._producer: Any = None
        self._consumer: Any = None
        self._known: dict[str, list[int]] = {}
        self._checking: asyncio.Task[None] | None = None

    @property
    def consumer(self) -> Any:  # noqa: ANN401 — of aiokafka, which has no types
        """The consumer."""
        return self._consumer

    async def open(self) -> None:
        """Connect the producer.

        Raises:
            ConnectError: No broker can be reached, or it refuses.
        """
        wanted = self._settings.options.idempotent
        if self._settings.options.acks != "all":
            wanted = False
        if wanted is None and not await self._started(idempotent=True):
            wanted = False
        if wanted is not None:
            await self._started(idempotent=wanted, insist=True)

    async def _started(self, *, idempotent: bool, insist: bool = False) -> bool:
        """Start a producer; return whether the brokers have what it needs.

        Raises:
            ConnectError: No broker can be reached, or it refuses.
        """
        from aiokafka import AIOKafkaProducer  # noqa: PLC0415 — an extra
        from aiokafka.errors import BrokerResponseError  # noqa: PLC0415

        options = self._settings.options
        self._producer = producer = AIOKafkaProducer(
            **self._settings.shared(self._suffix),
            acks="all" if options.acks == "all" else 1,
            enable_idempotence=idempotent,
            compression_type=None
            if options.compression == "none"
            else options.compression,
            max_request_size=options.largest,
        )
        watch(producer, self._broken)
        try:
            await self._starting(producer)
        except BaseException as error:  # … of a service that ends meanwhile, too
            await _stopped(producer)
            refused = isinstance(error.__cause__, BrokerResponseError)
            if refused and not insist and isinstance(error, ConnectError):
                return False
            raise
        return True

    async def consume(
        self,
        suffix: str,
        begin: Callable[[Any], None] | None = None,
        **options: Any,  # noqa: ANN401 — of aiokafka, which has no types
    ) -> Any:  # noqa: ANN401
        """Connect a consumer, and return it.

        Args:
            suffix: After the name of its connections.
            begin: Called with it before it connects.
            options: More of ``AIOKafkaConsumer``.

        Raises:
            ConnectError: No broker can be reached, or it refuses.
        """
        from aiokafka import AIOKafkaConsumer  # noqa: PLC0415 — an extra

        self._consumer = consumer = AIOKafkaConsumer(
            **self._settings.shared(suffix),
            enable_auto_commit=False,
            max_partition_fetch_bytes=self._settings.options.largest,
            **options,
        )
        watch(consumer, self._broken)
        if begin is not None:
            begin(consumer)
        await self._starting(consumer)
        return consumer

    async def partitions(self, topic: str, *, create: bool) -> list[int]:
        """Return the numbers of the partitions of a topic; none if there is no topic.

        Args:
            topic: Its name.
            create: Whether it is made if it is not there, as far as the brokers do so.

        Raises:
            ConnectError: No broker answers.
        """
        found = self._known.get(topic)
        if found is None:
            found = await self._looked_up(topic, create=create)
            if found:
                self._known[topic] = found
        return found

    async def _looked_up(self, topic: str, *, create: bool) -> list[int]:
        unknown, partitions = await self._described(topic, create=False)
        if unknown and create:
            if self._settings.options.partitions:
                await self._create(topic)
            else:
                unknown, partitions = await self._described(topic, create=True)
                if unknown:
                    return []
        elif unknown:
            return []
        while not partitions:  # it is being made, and has no leader yet
            await asyncio.sleep(_SOON)
            unknown, partitions = await self._described(topic, create=False)
        return partitions

    async def _described(self, topic: str, *, create: bool) -> tuple[bool, list[int]]:
        """Return whether a topic is unknown, and its partitions that have a leader."""
        from aiokafka.errors import (  # noqa: PLC0415 — an extra
            LeaderNotAvailableError,
            NoError,
            for_code,
        )
        from aiokafka.protocol.metadata import MetadataRequest  # noqa: PLC0415

        request = MetadataRequest([topic], allow_auto_topic_creation=create)
        answer = await self._trying(ask(client_of(self._producer), request))
        for code, name, *_, partitions in answer.topics:
            error = for_code(code)
            if name == topic and error in (NoError, LeaderNotAvailableError):
                return False, sorted(each[1] for each in partitions if each[2] >= 0)
        return True, []

    async def _create(self, topic: str) -> None:
        """Make a topic with as many partitions as were chosen.

        Raises:
            ConnectError: The brokers refuse.
        """
        from aiokafka.admin import AIOKafkaAdminClient, NewTopic  # noqa: PLC0415
        from aiokafka.errors import (  # noqa: PLC0415
            NoError,
            TopicAlreadyExistsError,
            for_code,
        )

        admin = AIOKafkaAdminClient(**self._settings.shared(self._suffix))
        topic_made = NewTopic(topic, self._settings.options.partitions, 1)
        topic_made.replication_factor = -1  # as the brokers do; refused as an argument
        try:
            await self._trying(admin.start())
            if client_of(admin).cluster.controller is None:
                raise ConnectError(f"{self._settings.name} makes no topics")
            made = await self._trying(admin.create_topics([topic_made]))
        finally:
            await admin.close()
        for _, code, *_ in made.topic_errors:
            if for_code(code) not in (NoError, TopicAlreadyExistsError):
                error = for_code(code)
                raise ConnectError(
                    f"{self._settings.name} does not make {topic!r}: {error.message}"
                )

    async def send(self, outgoing: Outgoing) -> asyncio.Future[Any]:
        """Write a record; the future has a result once the brokers have it.

        Raises:
            ConnectError: No broker answers, or takes more.
        """
        key = outgoing.key
        if key is None and outgoing.value is None:
            key = b""  # aiokafka sends no record that has neither
        sending = self._producer.send(
            outgoing.topic,
            outgoing.value,
            key=key,
            partition=outgoing.partition,
            headers=outgoing.headers,
        )
        sent: asyncio.Future[Any] = await self._trying(sending)
        return sent

    async def answers(self) -> bool:
        """Whether any of the brokers answers."""
        return bool(await client_of(self._producer).force_metadata_update())

    def abandon(self) -> None:
        """Let go of the sockets: their event loop does not run."""
        for peer in (self._producer, self._consumer):
            if peer is not None:
                for transport in transports_of(peer):
                    abort_elsewhere(transport)

    async def close(self) -> None:
        """Disconnect; what was written has left, or takes too long."""
        if self._checking is not None:
            self._checking.cancel()
        peers, self._consumer, self._producer = (
            (self._consumer, self._producer),
            None,
            None,
        )
        for peer in peers:
            if peer is not None:
                await _stopped(peer)

    def _broken(self) -> None:
        """Find out whether the cluster is lost, or one of its connections alone."""
        if self._checking is None and self._producer is not None:
            self._checking = asyncio.get_running_loop().create_task(self._check())

    async def _check(self) -> None:
        try:
            if not await self.answers():
                self._lost(ConnectError("no broker answers"))
        finally:
            self._checking = None

    async def _starting(self, peer: Any) -> None:  # noqa: ANN401 — of aiokafka
        """Start a producer or a consumer.

        Raises:
            ConnectError: No broker can be reached, or it refuses.
        """
        try:
            await self._trying(peer.start())
        except (LookupError, ValueError) as error:
            # aiokafka takes a refusal by SCRAM for a signature, which it is not
            if not of_scram(error):
                raise
            name = self._settings.name
            raise ConnectError(f"cannot connect to {name}: {_REFUSED}") from error

    async def _trying(self, attempt: Coroutine[Any, Any, Any]) -> Any:  # noqa: ANN401
        """Return what an attempt gives.

        Raises:
            ConnectError: It failed.
        """
        from aiokafka.errors import KafkaConnectionError, KafkaError  # noqa: PLC0415

        try:
            return await attempt
        except (OSError, KafkaError) as error:
            why = None
            if isinstance(error, KafkaConnectionError):
                why = await self._refusal()
            name = self._settings.name
            raise ConnectError(
                f"cannot connect to {name}: {why or reason(error)}"
            ) from error

    async def _refusal(self) -> str | None:
        """Return why the first broker cannot be reached: aiokafka only logs that."""
        parts, told = urlsplit(self._settings.urls[0]), self._settings.shared("")
        try:
            refused = await refuses_login(parts.hostname, parts.port or _PORT, told)
        except OSError as error:
            return system_reason(error)
        return _REFUSED if refused else None


def reason(error: BaseException) -> str:
    """Return what an error of aiokafka says, in one line."""
    if isinstance(error, OSError):
        return system_reason(error)
    name = getattr(error, "message", None)  # of a broker, such as NOT_COORDINATOR
    if isinstance(name, str):
        return name.replace("_", " ").lower()
    kind = type(error).__name__
    text = " ".join(str(error).strip("(')").replace("\\n", " ").split())
    return text.removeprefix(f"{kind}: ").partition(". ")[0] or kind


async def _stopped(peer: Any) -> None:  # noqa: ANN401 — of aiokafka
    """Close a consumer or a producer, or its sockets if that takes too long."""
    stopping = asyncio.get_running_loop().create_task(peer.stop())
    try:
        await asyncio.wait([stopping], timeout=_GOODBYE)
    finally:
        stopping.cancel()
    # A consumer that was about to fetch again ends amid its end, as if cancelled.
    if stopping.cancelled() or not stopping.done() or stopping.exception():
        for transport in transports_of(peer):
            with suppress(RuntimeError):  # of uvloop: it is closed already
                transport.abort()
        await client_of(peer).close()
