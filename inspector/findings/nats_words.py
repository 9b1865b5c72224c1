"""What is said of NATS alone, and what nats-server objects to: why, and what to do.

Source: ``docs.nats.io``, client protocol, ``-ERR``; tried with nats-server 2.9.10,
which also says ``Authentication Timeout`` and ``maximum connections exceeded``. It
closes the connection after all of them but ``Permissions Violation`` and ``Invalid
Subject``.
"""

from __future__ import annotations

from inspector.carriers.nats.subjects import covers

from .broker_words import BrokerWords
from .finding import Severity
from .objections import Objection
from .subjects import flaw_of

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

WORDS = BrokerWords(
    channel="subject",
    nobody="{broker} answers with the status 503, and a Nest client throws "
    "EmptyResponseException. Where client or server lacks no_responders, such a "
    "call waits without end.",
    replies="the inboxes of others",
    narrower="subscribe to narrower subjects at {reached} than > or _INBOX.>, "
    "and let permissions of the broker allow no more",
    several="as they are in no queue group together",
    one_of_them="give the services one queue: the option queue: 'name' of each of them",
    slow="find out what blocks its event loop, share its load in a queue group, or "
    "raise max_pending and write_deadline of the broker",
    unreturned="look in the log of the broker: {service} may lack permission to "
    "publish to _INBOX.>, or the caller its subscription",
    undelayed="set TCP_NODELAY on the socket of this client; nats.js, nats-py and "
    "nats-server do",
    told="; a client with no_responders is told at once that there is none",
    covers=covers,
    wild=frozenset("*>"),
    flaw=flaw_of,
    objections=NATS_OBJECTIONS,
)
"""What findings about brokers say differently of NATS."""
