from __future__ import annotations

from servers.replaying.choosing import Reason
from servers.replaying.preview import Preview
from tests.servers.replaying.replayed import recording

_LONG = (
    "a.pattern.that.is.longer.than.its.column.and.differs.from.others.at.its.very.end"
)


def _preview() -> Preview:
    preview = Preview()
    for number in range(1_200):
        preview.add(recording("get.double", number, 2), number * 0.5)
    preview.add(recording(_LONG, 1, 2), 700.0)
    preview.add(recording("get.\x1b[31m", 1, 2), 700.0)
    for number in range(25):
        preview.refuse(recording(f"save{number}", 1, 2), Reason.WRITES)
    preview.refuse(recording(_LONG, 1, kind="event"), Reason.EVENT)
    return preview


def test_what_would_be_sent_is_a_line_for_each_pattern() -> None:
    first, _, heads, *rows = list(_preview().report("127.0.0.1:8888", None))[:6]

    assert first == "1,202 exchanges would be sent to 127.0.0.1:8888 in 11 min 40 s"
    assert heads.split() == ["send", "first", "last", "pattern"]
    assert " ".join(rows[0].split()) == "1,200 +0 s +10 min 0 s get.double"
    assert rows[1].endswith(f"  {_LONG}")
    assert rows[2].endswith(r"  get.\u001b[31m")


def test_what_would_not_is_a_line_for_each_of_a_few() -> None:
    lines = list(_preview().report("a:1", 80))
    begin = lines.index(
        "not sent: 25 not read-only by name (--allow PATTERN or --allow-all)"
    )

    assert lines[begin + 1] == "      1  save0"
    assert lines[begin + 21 : begin + 23] == [
        "         and 5 more patterns",
        "not sent: 1 event (--allow PATTERN or --allow-all)",
    ]
    assert len(lines) == begin + 24
    assert max(map(len, lines)) <= 80
    assert lines[-1].endswith(_LONG[-20:])


def test_nothing_and_too_many_are_said() -> None:
    preview = Preview()
    assert list(preview.report("a:1", 80)) == ["0 exchanges would be sent to a:1"]

    for number in range(1_005):
        preview.add(recording(f"get.a{number}", 1, 2), 0.0)
        preview.refuse(recording(f"b{number}", 1, 2), Reason.REDACTED)
    preview.skip()
    lines = list(preview.report("a:1", 80))
    assert lines[0] == "1,005 exchanges would be sent to a:1"
    assert lines[3] == "      5          +0 s          +0 s  (other patterns)"
    assert lines[-2:] == [
        "         and more than 980 more patterns",
        "left out by the filters: 1",
    ]
