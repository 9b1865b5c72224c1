"""How Nest puts packets on carriers other than TCP, without I/O.

channels    where packets are sent to: subjects, topics, channels, by their patterns
envelopes   what travels there: packets, or replies that lack what TCP's have
"""

from .channels import (
    channel_of,
    is_subject,
    is_topic,
    is_topic_filter,
    reply_channel,
    reply_topic,
)
from .envelopes import Reply, answers, parse_packet, parse_reply, parse_request

__all__ = [
    "Reply",
    "answers",
    "channel_of",
    "is_subject",
    "is_topic",
    "is_topic_filter",
    "parse_packet",
    "parse_reply",
    "parse_request",
    "reply_channel",
    "reply_topic",
]
