"""In what order several possible parents are left out."""

from __future__ import annotations

from inspector.calls.chains.clients import Clients
from inspector.calls.chains.customs import Customs
from inspector.calls.chains.lanes import STRONG, Lanes
from inspector.calls.chains.narrowing import Narrowing
from inspector.calls.chains.notes import Candidate, Note
from inspector.calls.chains.origins import Origins
from inspector.calls.links import Evidence
from tests.inspector.calls.chains.exchanges import Traffic

_A, _B, _PORT = "127.0.0.1:3000", "127.0.0.1:4000", "127.0.0.1:9"


def _scene(
    proved: str = "", answer_b: str = "b", data_a: object = "hello"
) -> tuple[Narrowing, Note, list[Note]]:
    traffic, origins = Traffic(), Origins()
    lanes = Lanes(origins)
    lanes.connect(_PORT, 1, 0)
    for number in range(3 if proved else 0):
        lanes.flow(_PORT, proved, f"value {number}", STRONG)
    outer = [
        Note(traffic.add("a", "127.0.0.1:1", _A, data_a, at=1, until=9, answer="a")),
        Note(
            traffic.add("b", "127.0.0.1:2", _B, "hello", at=2, until=8, answer=answer_b)
        ),
    ]
    data = {"said": "hello"}
    inner = Note(
        traffic.add("c", _PORT, "127.0.0.1:5000", data, at=3, until=4, answer="told")
    )
    inner.since_ns = inner.begin_ns - 1
    return Narrowing(lanes, Customs(), origins, Clients()), inner, outer


def _left(
    narrowing: Narrowing, inner: Note, outer: list[Note]
) -> tuple[list[int], Evidence | None]:
    found = [Candidate(e, by_data=True) for note in outer for e in note.scopes]
    left, evidence = narrowing.narrowed(inner, found)
    return [each.note.number for each in left], evidence


def test_nothing_is_left_out_that_fits_as_well() -> None:
    assert _left(*_scene()) == ([1, 2], None)
    assert _left(*_scene(proved=_B)) == ([1, 2], None)  # both may be of one service


def test_what_another_service_handles_is_left_out() -> None:
    narrowing, inner, outer = _scene(proved=_B)
    lanes = narrowing._lanes  # noqa: SLF001 — what it was given
    lanes.connect("127.0.0.1:2", 2, 0)
    lanes.ask("127.0.0.1:2", [_B])
    for number in range(3):
        lanes.flow("127.0.0.1:2", _A, f"other {number}", STRONG)

    assert _left(narrowing, inner, outer) == ([2], None)


def test_the_answer_shows_which_one_of_a_service_that_is_known() -> None:
    asked = {"text": "hello", "by": "A"}
    known = _scene(proved=_B, answer_b="told", data_a=asked)

    assert _left(*known) == ([2], Evidence.REPLY)
    assert _left(*_scene(answer_b="told", data_a=asked)) == ([1, 2], None)


def test_the_same_question_has_the_same_answer_from_whomever_it_comes() -> None:
    assert _left(*_scene(proved=_B, answer_b="told")) == ([1, 2], None)


def test_what_is_over_and_was_not_served_leaves_it_open() -> None:
    narrowing, inner, outer = _scene(proved=_B, answer_b="told")
    outer[0].scopes[0].end_ns = inner.begin_ns - 1

    assert _left(narrowing, inner, outer) == ([1, 2], None)
