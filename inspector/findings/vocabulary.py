"""What carriers call what they have in common, for the sentences of findings."""

from __future__ import annotations

from typing import NamedTuple


class Words(NamedTuple):
    """How one carrier is spoken of.

    Attributes:
        channel: Where something is sent to.
        grouped: That services share no copy of what is sent to them, as a clause.
        share: How to let them share one.
        covered: What a wildcard covers by which replies are overheard.
        narrower: What to subscribe to at the broker, to overhear no reply.
        allowed: What a service needs permission for, to answer.
        unwanted: What a caller is told where nobody has subscribed, as sentences that
            follow the name of the broker.
        told: What a caller needs, to be told that.
        undelayed: How to set TCP_NODELAY where a small write waits.
    """

    channel: str
    grouped: str
    share: str
    covered: str
    narrower: str
    allowed: str
    unwanted: str
    told: str
    undelayed: str


_OTHERS = Words(
    channel="channel",
    grouped="as they share no queue",
    share="let the services share what comes, if the broker can",
    covered="the channels of others' replies",
    narrower="narrower channels at {}",
    allowed="to the channels of replies",
    unwanted="says so.",
    told="a client may be told that there is none",
    undelayed="set TCP_NODELAY on the socket of this client",
)
_WORDS = {
    "mqtt": Words(
        channel="topic",
        grouped="as they share no subscription",
        share="let the services share a subscription: @MessagePattern('$share/name/…') "
        "in each of them",
        covered="the topics of replies",
        narrower="narrower topics at {} than # or +/reply",
        allowed="to the topics of replies",
        unwanted="says that to who publishes over MQTT 5 with a quality of service "
        "above 0, and to nobody else. A client of Nest does not pass it on, so that "
        "such a call waits without end.",
        told="over MQTT 5 with QoS 1 the broker says that there is none",
        undelayed="set TCP_NODELAY on the socket of this client, which mqtt.js does "
        "not: unwrap().stream.setNoDelay(true) at each connect; for Mosquitto "
        "set_tcp_nodelay true",
    ),
    "nats": Words(
        channel="subject",
        grouped="as they are in no queue group together",
        share="give the services one queue: the option queue: 'name' of each of them",
        covered="the inboxes of others",
        narrower="narrower subjects at {} than > or _INBOX.>",
        allowed="to _INBOX.>",
        unwanted="answers with the status 503, and a Nest client throws "
        "EmptyResponseException. Where client or server lacks no_responders, such a "
        "call waits without end.",
        told="a client with no_responders is told at once that there is none",
        undelayed="set TCP_NODELAY on the socket of this client; nats.js, nats-py and "
        "nats-server do",
    ),
}


def words_of(carrier: str | None) -> Words:
    """Return how a carrier is spoken of, by its name; None where that is not known."""
    return _WORDS.get(carrier or "", _OTHERS)
