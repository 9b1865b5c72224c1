"""What is compared with real Nest."""

from __future__ import annotations

from typing import Any

from tests.differential.comparison import Topic
from tests.differential.reading import read_stream
from tests.differential.streams import Stream, make_stream, smaller_streams

STREAMS: Topic[Stream] = Topic("streams", make_stream, read_stream, smaller_streams)
TOPICS: tuple[Topic[Any], ...] = (STREAMS,)
"""All of them."""
