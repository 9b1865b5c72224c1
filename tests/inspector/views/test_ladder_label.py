"""What an arrow says: the number always, who is meant where a lane has several."""

from __future__ import annotations

import pytest

from inspector.journal import Journal
from inspector.pipeline import Pipeline
from inspector.views.ladder_label import arrow_label, common_key
from inspector.views.ladder_rows import Arrow, Ladder
from tests.inspector.conversation import Wire


def _arrows(*patterns: object) -> list[Arrow]:
    wire, journal = Wire(), Journal()
    talk = wire.connect()
    for number, pattern in enumerate(patterns):
        talk.ask(pattern, str(number), {"id": 7}).answer(str(number), {"ok": True})
    read = journal.read(Pipeline(taps=[journal]).inspect(wire.records))
    return [row for row in Ladder().rows(read) if isinstance(row, Arrow)][1:]


@pytest.mark.parametrize(
    ("room", "label"),
    [
        (60, ".10 users.find id:7 #1 to .5"),
        (28, ".10 users.find id:7 #1 to .5"),
        (27, ".10 users.find id… #1 to .5"),
        (24, ".10 users.find #1 to .5"),
        (21, ".10 users.f… #1 to .5"),
        (18, ".10 users.find #1"),
        (12, "users.fi… #1"),
        (4, "… #1"),
        (3, " #1"),
        (1, " #1"),
    ],
)
def test_data_goes_first_and_the_number_never(room: int, label: str) -> None:
    (asked, _) = _arrows("users.find")
    shown = arrow_label(asked, room, ".10", ".5", key="").plain

    assert shown.strip() == label.strip()


def test_a_reply_says_where_it_goes_only_if_all_of_it_has_room() -> None:
    (_, reply) = _arrows("users.find")

    assert arrow_label(reply, 22, ".5", ".10", key="").plain == ".5 ok:true #1 to .10"
    assert arrow_label(reply, 19, ".5", ".10", key="").plain == ".5 ok:true #1"


def test_a_key_that_all_patterns_have_is_said_once() -> None:
    asked, *others = _arrows({"cmd": "a b"}, {"cmd": 4})

    assert common_key([asked, *others]) == "cmd"
    assert arrow_label(asked, 40, "", "", key="cmd").plain == '"a b" id:7 #1'


@pytest.mark.parametrize(
    "other", ["plain", {"role": "x"}, {"cmd": "x", "v": 1}, {"cmd": {"x": 1}}, "cmd:x"]
)
def test_a_key_that_some_lack_is_said_by_all(other: object) -> None:
    assert common_key(_arrows({"cmd": "users"}, other)) == ""


def test_a_string_that_comes_late_is_not_taken_for_a_value_of_the_key() -> None:
    (late, _), (keyed, _) = _arrows("users"), _arrows({"role": "x"})

    assert arrow_label(late, 40, "", "", key="cmd").plain == '"users" id:7 #1'
    assert arrow_label(keyed, 40, "", "", key="cmd").plain == "role:x id:7 #1"
