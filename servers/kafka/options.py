"""How Kafka is used, by a service or by a client.

Source: ``packages/microservices/interfaces/microservice-configuration.interface.ts``,
``KafkaOptions``; ``constants.ts``, ``KAFKA_DEFAULT_…``; kafkajs, ``types/index.d.ts``.
"""

from __future__ import annotations

import ssl  # noqa: TC003 — msgspec reads the fields
from collections.abc import Mapping  # noqa: TC003
from typing import Literal, TypeAlias

import msgspec

from servers.errors import UsageError

Acknowledge: TypeAlias = Literal["after", "none", "manual"]
Failed: TypeAlias = Literal["ack", "retry"]
_MEGABYTE = 1 << 20


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What can be chosen; the defaults are Nest's, where nothing else is said.

    Attributes:
        group: Of the instances of a service, to one of which each message goes; its
            name at the brokers has ``suffix`` after it, as in Nest.
        suffix: See there (Nest: ``postfixId``).
        client_id: What connections are called in the logs of the brokers.
        ack: ``after``: a message is done once its handlers have ended, and its reply is
            written. ``none``: as it is taken. ``manual``: handlers say so.
        failed: With ``ack="after"``, what becomes of a message whose handler raised
            something: it is done, or handled again.
        retries: How often a message is handled again, at most.
        ordered: Whether the messages of a partition are handled one after another.
        start: Where a group begins in topics that it has never read: ``latest`` or
            ``earliest`` (Nest: ``subscribe.fromBeginning``).
        headers: What a client sends with each message.
        partitions: Of topics that a service or a client has made; 0 leaves that to the
            brokers, which make them, or refuse to, as they are configured.
        acks: Brokers that must have a message before it counts as sent: ``all``, or
            ``1``, the leader alone.
        idempotent: Whether brokers know a message that is sent again; by default where
            they can.
        compression: Of what is sent: ``none``, ``gzip``, ``snappy``, ``lz4``, ``zstd``.
        largest: Bytes of the largest message that is sent (``message.max.bytes``).
        values: ``nest``: text that begins with ``{`` or ``[`` is JSON, and all else is
            text, so that ``6`` arrives as ``"6"``. ``json``: whatever is JSON is JSON.
        keep_binary: Whether handlers get values as bytes (Nest: ``parser.keepBinary``).
        wait: Seconds that a broker holds back an answer while there is nothing new.
        session: Seconds after which a service that says nothing loses its partitions.
        join: Seconds that a group may take to give a service its partitions.
        mechanism: How a user of the URL proves who it is.
        tls: For ``kafkas``: the context, by default that of the system.
    """

    group: str = "nestjs-group"
    suffix: str = "-server"
    client_id: str = "nestjs-consumer"
    ack: Acknowledge = "after"
    failed: Failed = "ack"
    retries: int = 5
    ordered: bool = True
    start: Literal["latest", "earliest"] = "latest"
    headers: Mapping[str, str] = {}
    partitions: int = 0
    acks: Literal["all", "1"] = "all"
    idempotent: bool | None = None
    compression: Literal["none", "gzip", "snappy", "lz4", "zstd"] = "none"
    largest: int = _MEGABYTE
    values: Literal["nest", "json"] = "nest"
    keep_binary: bool = False
    wait: float = 0.5
    session: float = 10.0
    join: float = 60.0
    mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "PLAIN"
    tls: ssl.SSLContext | None = None

    def __post_init__(self) -> None:
        """Refuse what contradicts itself.

        Raises:
            UsageError: It does.
        """
        for name, allowed in _CHOICES.items():
            if getattr(self, name) not in allowed:
                known = ", ".join(map(repr, allowed))
                raise UsageError(f"{name} is one of {known}")
        if not self.group:
            raise UsageError("a service at Kafka needs the name of its group")
        if self.failed != "ack" and self.ack != "after":
            raise UsageError('failed is for ack="after"')
        if self.idempotent and self.acks != "all":
            raise UsageError('idempotent needs acks="all"')
        if self.retries < 0 or self.partitions < 0 or self.largest < 1:
            raise UsageError("retries, partitions and largest are no such numbers")
        if self.wait < 0 or self.session <= 0 or self.join <= 0:
            raise UsageError("wait, session and join are no such numbers")


_CHOICES = {
    "ack": ("after", "none", "manual"),
    "failed": ("ack", "retry"),
    "start": ("latest", "earliest"),
    "acks": ("all", "1"),
    "compression": ("none", "gzip", "snappy", "lz4", "zstd"),
    "values": ("nest", "json"),
    "mechanism": ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"),
}
