"""Recordings as tests write them: the lines of a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol import UNDEFINED, dumps
from servers.recorded.recordings import Recording, recordings

if TYPE_CHECKING:
    from protocol import Json


def line(pattern: Json, data: Json, *replies: Json, **more: Json) -> bytes:
    """Return the line of an answer; UNDEFINED stands for no data."""
    members = {"pattern": pattern, "data": data, "replies": [*replies], **more}
    return dumps({key: each for key, each in members.items() if each is not UNDEFINED})


def value(response: Json, **more: Json) -> dict[str, Json]:
    """Return the only reply, with a value."""
    return {"response": response, "isDisposed": True, **more}


def recording(pattern: Json, data: Json, *replies: Json, **more: Json) -> Recording:
    """Return what the line of an answer says."""
    found = next(recordings([line(pattern, data, *replies, **more)], "answers.jsonl"))
    assert isinstance(found, Recording)
    return found
