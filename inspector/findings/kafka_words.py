"""What is said of Kafka alone, and what a broker objects to: why, and what to do.

Source: https://kafka.apache.org/protocol, "Error Codes".
"""

from __future__ import annotations

from .broker_words import BrokerWords
from .objections import Objection

_GROUP = "Its consumer reads nothing until it has joined its group again."
KAFKA_OBJECTIONS = (
    Objection(
        "",
        "A record, or a batch of records, is larger than the topic takes. It is lost "
        "unless the producer sends less: a Nest client gets the error from send() or "
        "emit(), a caller whose reply it is waits without end.",
        "send less at once, or raise max.message.bytes of the topic and "
        "message.max.bytes of the broker",
        says=": message_too_large",
    ),
    Objection(
        "",
        "A batch of records is larger than a segment of the broker.",
        "send less at once, or raise segment.bytes of the topic",
        says=": record_list_too_large",
    ),
    Objection(
        "",
        "There is no such topic, or no such partition of it, and the broker makes "
        "none by itself. A Nest client tries again, and fails in the end.",
        "make the topic, and that of its replies (sum and sum.reply), before the "
        "services start; or let the broker make topics: auto.create.topics.enable",
        says=": unknown_topic",
    ),
    Objection(
        "",
        "A topic has a name that Kafka does not take: letters, digits, '.', '_' and "
        "'-' are allowed. A pattern that is an object is none.",
        "use a string as the pattern, such as 'shop.price'",
        says=": invalid_topic",
    ),
    Objection(
        "",
        "The user may not do that with this topic, group or cluster.",
        "allow it: a service reads its topics and writes those of the replies, a "
        "caller the other way round",
        says="authorization_failed",
    ),
    Objection(
        "sasl",
        "User name, password or mechanism are wrong, or missing.",
        "compare sasl in the options of the client with the broker's users",
    ),
    Objection(
        "",
        "A consumer asks for an offset that the partition has no longer, or not yet: "
        "what was between is lost to it, or it begins anew, by fromBeginning.",
        "read more often than retention.ms of the topic removes",
        says=": offset_out_of_range",
    ),
    Objection(
        "",
        "Fewer replicas than min.insync.replicas have the topic, so that the broker "
        "takes nothing for it.",
        "look at the other brokers of the cluster",
        says=": not_enough_replicas",
    ),
    Objection(
        "joingroup",
        f"The client and the broker disagree on who is in a group. {_GROUP}",
        "give each service a groupId of its own, and its consumers the same assigners",
    ),
    Objection(
        "",
        "Another producer has the same transactional id: the older one may send no "
        "more.",
        "give each process a transactionalId of its own",
        says="fenced",
    ),
    Objection(
        "",
        "The broker does not know a version that the client speaks, or not that kind "
        "of request.",
        "use a newer broker, or another version of the client library",
        says="unsupported",
    ),
)
WORDS = BrokerWords(
    channel="topic",
    nobody="{broker} keeps it, and says nothing of that. A Nest client waits without "
    "end.",
    replies="the topics of replies",
    unreturned="look at which partition of the topic of replies the caller reads: "
    "kafka_replyPartition names the one that it had when it asked; and in the log of "
    "{service}",
    takes="polls that topic",
    serves="subscribes to that topic",
    unheard="No captured connection polls the topic {name}.",
    objections=KAFKA_OBJECTIONS,
)
