"""What redis-server objects to: the texts of its errors, why, and what to do.

Source: ``redis.io``, "ACL"; ``server.c``, ``acl.c`` of redis-server 7.0.15, which goes
on after all of its errors.
"""

from __future__ import annotations

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
