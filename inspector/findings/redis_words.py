"""What is said of Redis alone, and what redis-server objects to: why, what to do.

Source: ``redis.io``, "ACL"; ``server.c``, ``acl.c`` of redis-server 7.0.15, which goes
on after all of its errors.
"""

from __future__ import annotations

from inspector.carriers.redis.globs import covers_channel

from .broker_words import BrokerWords
from .objections import Objection

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

WORDS = BrokerWords(
    nobody="{broker} says so with :0, which a Nest client ignores: such a call "
    "waits without end.",
    narrower="subscribe to patterns at {reached} that no reply channel fits, such "
    "as w.*.get: each ends with .reply",
    several="as pub/sub of Redis has no groups",
    one_of_them="let one service subscribe to each pattern, or use a carrier that "
    "shares messages: NATS with a queue, RabbitMQ",
    slow="find out what blocks its event loop, or raise "
    "client-output-buffer-limit pubsub of the broker",
    unreturned="look at whether the caller was still subscribed to the reply "
    "channel, and in the log of {service}",
    covers=covers_channel,
    wild=frozenset("*?[\\"),
    objections=REDIS_OBJECTIONS,
)
"""What findings about brokers say differently of Redis."""
