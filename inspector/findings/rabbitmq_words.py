"""What is said of RabbitMQ alone, and what it objects to: why, and what to do.

Source: AMQP 0-9-1, reply codes; tried with RabbitMQ 3.10.8. It closes the channel,
after codes from 500 on and after 320 the connection.
"""

from __future__ import annotations

from inspector.carriers.rabbitmq.keys import covers_key

from .broker_words import BrokerWords
from .finding import Severity
from .objections import Objection

_CHANNEL = (
    "RabbitMQ closes the channel: what it published and consumed there is at an end. A "
    "client of Nest opens another, after a second or more, and tries the same again."
)
RABBITMQ_OBJECTIONS = (
    Objection(
        "406 precondition_failed - inequivalent arg",
        "The queue or exchange is there already, with other options than this client "
        f"declares. {_CHANNEL}",
        "give all clients and services of it the same queueOptions, or set noAssert",
    ),
    Objection(
        "406 precondition_failed - unknown delivery tag",
        "A message was acknowledged twice, on another channel than it came on, or "
        f"although the consumer has said noAck. {_CHANNEL}",
        "acknowledge each message once: of several handlers of one event only one may",
    ),
    Objection(
        "406 precondition_failed - delivery acknowledgement",
        "A message was not acknowledged in time, 30 minutes by default. What was not "
        f"acknowledged is delivered again. {_CHANNEL}",
        "acknowledge each message, or raise consumer_timeout",
    ),
    Objection(
        "404 not_found",
        f"There is no queue or exchange of that name. {_CHANNEL}",
        "declare it before it is used, or look for a slip in its name",
    ),
    Objection(
        "403 access_refused",
        "User or password are wrong, or this user may not do that: to declare a queue "
        "takes configure, to publish write, to consume read.",
        "compare the credentials, and the permissions of the user in that vhost",
    ),
    Objection(
        "405 resource_locked",
        f"An exclusive queue of another connection is used. {_CHANNEL}",
        "use a queue of one's own, or one that is not exclusive",
    ),
    Objection(
        "320 connection_forced",
        "An operator closed the connection, or the broker ends. Clients of Nest "
        "connect again; what was not acknowledged is delivered again.",
        "look in the log of the broker at that time",
        Severity.WARNING,
    ),
    Objection(
        "530 not_allowed",
        "The vhost is not there, or this user may not use it, or a limit is reached.",
        "look at the vhost at the end of the URL, and at the limits of the broker",
    ),
)

WORDS = BrokerWords(
    channel="queue",
    replies="the replies of others",
    unreturned="look in the log of the broker: the caller may have closed the "
    "channel on which it consumes replies",
    ready="was connected at that time and acknowledged what it had before, since "
    "prefetchCount allows no more",
    takes="consumes the queue that it was sent to",
    serves="consumes that queue, or binds one to that key",
    unheard="No captured connection consumes, or binds, a queue for {name}.",
    covers=covers_key,
    wild=frozenset("*#"),
    objections=RABBITMQ_OBJECTIONS,
)
"""What findings about brokers say differently of RabbitMQ."""
