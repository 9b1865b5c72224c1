"""What is said of MQTT alone, and what a broker objects to: why, and what to do.

Source: MQTT 5.0, section 2.4; tried with Mosquitto 2.0.11, which says less than it
might: over MQTT 3.1.1, and of what is sent with quality of service 0, it says nothing.
"""

from __future__ import annotations

from inspector.carriers.mqtt.topics import covers_topic

from .broker_words import BrokerWords
from .finding import Severity
from .objections import Objection
from .subjects import flaw_of_topic

_CLOSED = "It closes the connection."
_AGAIN = "A Nest client tries again without end, and its calls wait."
_ENDS = "The broker ends the connection; its client connects again."
MQTT_OBJECTIONS = (
    Objection(
        "publish",
        "This user may not publish to that topic. The message is dropped: a caller "
        "waits without end, and so does one whose handler may not publish replies.",
        "allow the user to publish to it; a service also needs the topics of its "
        "replies",
        says="not authorized",
    ),
    Objection(
        "subscribe",
        "This user may not subscribe to that topic, and gets nothing of it: calls of "
        "it find nobody, or wait for a reply that never comes.",
        "allow the user to subscribe to it; a caller also needs the topics of its "
        "replies, such as sum/reply",
        says="not authorized",
    ),
    Objection(
        "bad user name or password",
        f"User name or password are wrong, or missing. {_CLOSED} {_AGAIN}",
        "compare username and password in the options with those of the broker",
    ),
    Objection(
        "not authorized",
        "The broker does not let this client in; Mosquitto says that of a wrong "
        f"password, too. {_CLOSED} {_AGAIN}",
        "compare username and password in the options with those of the broker",
    ),
    Objection(
        "identifier rejected",
        f"The broker does not take the client identifier. {_CLOSED} {_AGAIN}",
        "set another clientId in the options, or none",
    ),
    Objection(
        "client identifier not valid",
        f"The broker does not take the client identifier. {_CLOSED} {_AGAIN}",
        "set another clientId in the options, or none",
    ),
    Objection(
        "unacceptable protocol version",
        f"The broker does not speak this level of MQTT. {_CLOSED} {_AGAIN}",
        "set protocolVersion in the options to 4 or 5, as the broker speaks it",
    ),
    Objection(
        "unsupported protocol version",
        f"The broker does not speak this level of MQTT. {_CLOSED} {_AGAIN}",
        "set protocolVersion in the options to 4 or 5, as the broker speaks it",
    ),
    Objection(
        "session taken over",
        "Another client has connected with the same client identifier, and the broker "
        "ended this one for it. Each connects again and ends the other; calls that "
        "wait meanwhile have no reply.",
        "give each process a clientId of its own, or none",
    ),
    Objection(
        "keep alive timeout",
        "The client said nothing for one and a half times its keep-alive: its event "
        f"loop was blocked, or the network between was cut. {_CLOSED}",
        "find out what blocked the client at that time",
    ),
    Objection(
        "",
        f"A packet is larger than the broker takes. {_CLOSED} Pending calls of that "
        "client wait on, and what it sent is lost.",
        "send less at once, or raise the limit of the broker; max_packet_size in "
        "Mosquitto",
        says="packet too large",
    ),
    Objection(
        "",
        "The client has used up what it may use: messages, bytes or subscriptions. "
        "What it sent is dropped.",
        "raise the limit of the broker, or send less",
        says="quota exceeded",
    ),
    Objection(
        "receive maximum exceeded",
        "One side sent more messages at once that are to be acknowledged than the "
        f"other takes. {_CLOSED}",
        "acknowledge sooner, or raise receiveMaximum",
    ),
    Objection(
        "message rate too high",
        f"The client sends faster than it may. {_CLOSED}",
        "send less often, or raise the limit of the broker",
    ),
    Objection(
        "",
        f"A topic may have no wildcard, and a filter only as a whole level. {_CLOSED}",
        "send to a topic in full; + and # are for @MessagePattern and @EventPattern, "
        "between slashes",
        says="topic name invalid",
    ),
    Objection(
        "",
        "A filter has a wildcard that is not a whole level: such a handler is never "
        "called.",
        "use + and # between slashes alone, and # at the end",
        says="topic filter invalid",
    ),
    Objection(
        "protocol error",
        "The client sent what it must not: Mosquitto says so where a topic that is "
        f"sent to has a wildcard. {_CLOSED} Calls that wait on it wait on.",
        "see illegal-channel; else look at what the client sent last",
    ),
    Objection(
        "malformed packet",
        f"The client sent what is not a packet of MQTT: see mqtt-protocol. {_CLOSED}",
        "look at what writes to this connection",
    ),
    Objection(
        "server shutting down",
        _ENDS,
        "give the clients several servers, if calls must not wait meanwhile",
        Severity.WARNING,
    ),
    Objection("server busy", _ENDS, "look at the load of the broker", Severity.WARNING),
    Objection(
        "",
        "The broker does not offer what the client asks for.",
        "use a broker that does, or do without",
        says="not supported",
    ),
)

WORDS = BrokerWords(
    channel="topic",
    nobody="{broker} says so to who publishes over MQTT 5 with a quality of "
    "service above 0, and to nobody else. A Nest client is not told so, and such "
    "a call waits without end.",
    replies="the topics of replies",
    narrower="subscribe to narrower topics at {reached} than # or +/reply, and "
    "let permissions of the broker allow no more",
    several="as they share no subscription",
    one_of_them="let the services share a subscription: "
    "@MessagePattern('$share/name/…') in each of them",
    undelayed="set TCP_NODELAY on the socket of this client, which mqtt.js does "
    "not: unwrap().stream.setNoDelay(true) at each connect; for Mosquitto "
    "set_tcp_nodelay true",
    covers=covers_topic,
    wild=frozenset("+#$"),
    flaw=flaw_of_topic,
    objections=MQTT_OBJECTIONS,
)
"""What findings about brokers say differently of MQTT."""
