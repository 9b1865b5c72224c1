"""What brokers object to: the texts of their errors, why, and what to do.

Source: ``docs.nats.io``, client protocol, ``-ERR``; tried with nats-server 2.9.10,
which also says ``Authentication Timeout`` and ``maximum connections exceeded``. It
closes the connection after all of them but ``Permissions Violation`` and ``Invalid
Subject``. ``redis.io``, "ACL"; ``server.c``, ``acl.c`` of redis-server 7.0.15, which
goes on after all of its errors.
"""

from __future__ import annotations

from typing import NamedTuple

from .finding import Severity


class Objection(NamedTuple):
    """One of the errors that a broker sends.

    Attributes:
        begins: How its text begins, in small letters.
        cause: What it means, as whole sentences.
        fix: What to do about it.
        severity: How much it matters.
        says: What its text also has, in small letters.
    """

    begins: str
    cause: str
    fix: str
    severity: Severity = Severity.ERROR
    says: str = ""

    @property
    def key(self) -> str:
        """What errors of one kind have in common, by which it is found again."""
        return f"{self.begins} {self.says}".strip()

    def fits(self, text: str) -> bool:
        """Whether a text, in small letters, is of this kind."""
        return text.startswith(self.begins) and self.says in text


_CLOSED = "It closes the connection."
NATS_OBJECTIONS = (
    Objection(
        "authorization violation",
        f"User, password or token are wrong, or missing. {_CLOSED} A Nest client fails "
        "to connect, and each call with it.",
        "compare user, pass and token in the options with those of the broker",
    ),
    Objection(
        "authentication timeout",
        f"The client did not say who it is in time. {_CLOSED}",
        "look at what keeps the client from sending CONNECT: a blocked event loop, TLS "
        "on one side alone",
    ),
    Objection(
        "user authentication",
        f"The credentials have expired, or were revoked. {_CLOSED}",
        "give the client new credentials, before the old ones expire",
    ),
    Objection(
        "permissions violation for publish",
        "This user may not publish to that subject. The message is dropped: a caller "
        "waits without end, and so does one whose handler may not publish to inboxes.",
        "allow the user to publish to it; a service also needs _INBOX.> or "
        "allow_responses",
    ),
    Objection(
        "permissions violation for subscription",
        "This user may not subscribe to that subject, and gets nothing of it: calls of "
        "it find nobody, or wait for a reply that never comes.",
        "allow the user to subscribe to it; a caller also needs _INBOX.>, or an "
        "inboxPrefix of its own",
    ),
    Objection(
        "maximum payload violation",
        f"A message is larger than max_payload, 1 MiB by default. {_CLOSED} Pending "
        "calls of that client wait on, and what it sent is lost.",
        "send less at once, or raise max_payload of the broker",
    ),
    Objection(
        "maximum connections exceeded",
        f"The broker has as many clients as max_connections allows. {_CLOSED}",
        "raise max_connections, or find out who opens connections and keeps them",
    ),
    Objection(
        "maximum account active connections exceeded",
        f"The account has as many clients as it may have. {_CLOSED}",
        "raise the limit of the account, or find out who keeps connections open",
    ),
    Objection(
        "maximum subscriptions exceeded",
        "The client has as many subscriptions as it may have, one for each pending "
        "call among them.",
        "raise max_subscriptions, or find out which calls are never answered",
    ),
    Objection(
        "maximum control line exceeded",
        f"A line is longer than max_control_line, 4,096 bytes by default: its subject "
        f"is, as that of a large object as pattern. {_CLOSED}",
        "use a shorter pattern, and send the rest as data",
    ),
    Objection(
        "stale connection",
        "The client did not answer several PINGs: its event loop was blocked, or the "
        f"network between was cut. {_CLOSED}",
        "find out what blocked the client at that time",
    ),
    Objection(
        "slow consumer",
        "The client did not read what it had subscribed to fast enough: the broker "
        "dropped what waited for it. Those messages are lost.",
        "find out what blocks its event loop; share the load in a queue group, or "
        "raise max_pending and write_deadline",
    ),
    Objection(
        "invalid subject",
        "A client subscribed to a subject with an empty part, or with > before its "
        "end: such a handler is never called.",
        "use patterns without a dot at their ends, or two together; > stands last",
    ),
    Objection(
        "secure connection - tls required",
        f"The broker takes TLS alone. {_CLOSED}",
        "set tls in the options of the client",
    ),
    Objection(
        "unknown protocol operation",
        f"The client sent what is no operation of NATS: see nats-protocol. {_CLOSED}",
        "look at what writes to this connection; a count of bytes may be wrong",
    ),
    Objection(
        "parser error",
        f"The client sent what is no operation of NATS: see nats-protocol. {_CLOSED}",
        "look at what writes to this connection; a count of bytes may be wrong",
    ),
    Objection(
        "server shutdown",
        "The broker ends; its clients connect again, to another one if they know any.",
        "give the clients several servers, if calls must not wait meanwhile",
        Severity.WARNING,
    ),
)
REDIS_OBJECTIONS = (
    Objection(
        "noauth",
        "The client has not said who it is. A Nest client has connected all the same, "
        "and no call of it goes out.",
        "set password, and username if it has one, in the options of Nest",
    ),
    Objection(
        "wrongpass",
        "User or password are wrong. A Nest client then fails to connect, and each "
        "call with it.",
        "compare username and password in the options with those of the broker",
    ),
    Objection(
        "noperm",
        "This user may not do that, or not with that channel. What it would publish is "
        "dropped, and what it would subscribe to it never gets: a call waits without "
        "end.",
        "allow the user the channel, and that of its replies: ACL SETUSER … &sum "
        "&sum.reply +publish +subscribe",
    ),
    Objection(
        "oom",
        "The broker has reached maxmemory, and refuses what may take more.",
        "raise maxmemory, or set an eviction policy",
    ),
    Objection(
        "moved",
        "The broker is one of a cluster, and another one has what was asked for.",
        "give the options of the client the nodes of the cluster",
    ),
    Objection(
        "err max number of clients reached",
        "The broker has as many clients as maxclients allows.",
        "raise maxclients, or find out who opens connections and keeps them: a Nest "
        "client or server has two",
    ),
    Objection(
        "err protocol error",
        "The client sent what is no command: see redis-protocol. The broker closes the "
        "connection.",
        "look at what writes to this connection",
    ),
)
UNKNOWN = Objection(
    "",
    "The broker sent it as an error of this connection.",
    "look in the log of the broker at that time",
)
