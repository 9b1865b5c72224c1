"""What is compared with real Nest."""

from __future__ import annotations

from typing import Any

from tests.differential.comparison import Topic
from tests.differential.messages import Message, make_message, serve, take_reply
from tests.differential.patterns import (
    Pattern,
    look_up,
    make_finite_pattern,
    make_pattern,
    name_of,
)
from tests.differential.reading import read_stream
from tests.differential.streams import Stream, make_stream, smaller_streams

STREAMS: Topic[Stream] = Topic("streams", make_stream, read_stream, smaller_streams)
SERVED: Topic[Message] = Topic("served", make_message, serve)
REPLIES: Topic[Message] = Topic("replies", make_message, take_reply)
ROUTES: Topic[Pattern] = Topic("routes", make_pattern, look_up)
NAMES: Topic[Pattern] = Topic("names", make_finite_pattern, name_of)

TOPICS: tuple[Topic[Any], ...] = (STREAMS, SERVED, REPLIES, ROUTES, NAMES)
"""All of them."""
