from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from protocol import dumps
from servers.recorded.recordings import recordings
from servers.replaying.choosing import Choice, Reason

if TYPE_CHECKING:
    from protocol import Json
    from servers.recorded.recordings import Recording


def _recording(pattern: Json = "get.user", **more: Json) -> Recording:
    members = {"pattern": pattern, "data": {}, "server": "10.0.0.7:8888", **more}
    return next(recordings([dumps(members)], "a.jsonl"))


@pytest.mark.parametrize(
    ("choice", "is_meant"),
    [
        (Choice(), True),
        (Choice(routes=("get.*",)), True),
        (Choice(routes=("get.user", "x")), True),
        (Choice(routes=("get",)), False),
        (Choice(servers=("*:8888",)), True),
        (Choice(servers=("users", "calc")), True),
        (Choice(servers=("log",)), False),
        (Choice(kinds=("event",)), False),
    ],
)
def test_what_is_meant(choice: Choice, is_meant: bool) -> None:  # noqa: FBT001
    assert choice.is_meant(_recording(server_name="users")) is is_meant


def test_a_pattern_with_brackets_is_meant_as_it_is_written() -> None:
    assert Choice(routes=("get[1]",)).is_meant(_recording("get[1]"))


@pytest.mark.parametrize(
    ("recording", "choice", "reason"),
    [
        (_recording(), Choice(), None),
        (_recording("save"), Choice(), Reason.WRITES),
        (_recording("save"), Choice(allowed=("s*",)), None),
        (_recording("save"), Choice(allow_all=True), None),
        (_recording(type="event"), Choice(), Reason.EVENT),
        (_recording(type="event"), Choice(allowed=("get.user",)), None),
        (_recording(data={"password": "xxxx"}), Choice(), Reason.REDACTED),
        (_recording(metadata={"token": "xxxx"}), Choice(), Reason.REDACTED),
        (_recording({"cmd": "get", "of": "xxxx"}), Choice(), Reason.REDACTED),
        (_recording("xxxx"), Choice(allow_all=True), Reason.REDACTED),
        (_recording(data="xxxx"), Choice(allow_redacted=True), None),
        (_recording(data=None), Choice(allow_all=True), Reason.NO_DATA),
    ],
)
def test_what_is_not_sent_and_why(
    recording: Recording, choice: Choice, reason: Reason | None
) -> None:
    assert choice.refusal(recording) is reason
