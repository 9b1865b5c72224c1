from __future__ import annotations

from servers.replaying.choosing import Reason
from servers.replaying.figures import Figures
from servers.replaying.sending import Answer
from servers.replaying.words import (
    answer_members,
    planned,
    report,
    summary_members,
)
from tests.servers.replaying.replayed import recording

_LONG = "a.pattern.that.is.longer.than.its.column.and.differs.at.its.end"


def _figures() -> Figures:
    figures = Figures()
    for _ in range(3):
        figures.add(Answer(recording("get.double", 1, 2), latency_ns=1_200_000))
    differences = tuple(f"$.a{number}: 1 → 2" for number in range(5))
    figures.add(Answer(recording(_LONG, 1, 2), differences, latency_ns=900_000))
    figures.add(Answer(recording("get.x", 1, outcome="unanswered"), hidden=2))
    figures.add(Answer(recording("log", 1, kind="event")))
    figures.refuse(Reason.WRITES, "save\x1b[31m")
    figures.note_server("a:1")
    figures.note_server("b:2")
    figures.skipped, figures.taken_s = 7, 1.5
    return figures


def test_the_report_names_what_differs_and_what_was_not_sent() -> None:
    lines = list(report(_figures(), "127.0.0.1:8888", None))
    text = "\n".join(lines)

    assert lines[0] == (
        "6 exchanges sent to 127.0.0.1:8888 in 1.50 s: 3 answered as recorded, "
        "1 otherwise"
    )
    assert lines[3].endswith(f"  {_LONG}")  # what differs comes first
    assert "1 answer differs (recorded → now):" in lines
    assert "    $.a0: 1 → 2" in lines
    assert "    … 2 more" in lines
    for words in (
        "not compared: 1 whose answer was not recorded",
        "1 event sent, which nobody answers",
        "2 recorded values that redaction has hidden",
        "--server ADDRESS",
        "not sent: 1 not read-only by name (--allow PATTERN or --allow-all)\n      1  ",
        r"      1  save\u001b[31m",
        "left out by the filters: 7",
    ):
        assert words in text
    assert "\x1b" not in text
    assert "late" not in text


def test_the_table_is_as_wide_as_the_terminal() -> None:
    lines = list(report(_figures(), "127.0.0.1:8888", 80))

    assert max(map(len, lines[2:7])) <= 80
    assert lines[3].endswith("differs.at.its.end"[-10:])
    assert "…" in lines[3]


def test_a_run_that_was_late_or_interrupted_says_so() -> None:
    figures = _figures()
    figures.late_s = figures.latest_s = 0.25
    figures.unfinished = 2
    text = "\n".join(report(figures, "a:1", None))

    assert "sent 250 ms later" in text
    assert "interrupted: 2 calls had no answer yet" in text


def test_json_has_the_same() -> None:
    figures = _figures()
    members = summary_members(figures)

    assert (members["sent"], members["same"], members["differ"]) == (6, 3, 1)
    assert members["refused"] == {"writes": {"save\x1b[31m": 1}}
    assert members["patterns"]["get.double"]["p50_ns"] > 1_000_000
    outcomes = {"same", "differs", "not_compared", "sent"}
    answers = [
        Answer(recording("a", 1, 2)),
        figures.different[0],
        Answer(recording("a", 1, outcome="unanswered")),
        Answer(recording("a", 1, kind="event")),
    ]
    assert {answer_members(each)["outcome"] for each in answers} == outcomes


def test_a_plan_is_a_line_for_each() -> None:
    sent = recording("get.double", {"a": 1}, 2, number=12)

    assert planned(sent, 1.25, None).split() == [
        *("+1.250", "s", "#12", "message", "get.double", '{"a":1}')
    ]
    assert planned(sent, 0.0, Reason.WRITES).endswith("(not read-only by name)")
