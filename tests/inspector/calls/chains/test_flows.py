"""What passes through a port, and who says it next."""

from __future__ import annotations

from typing import Any

from inspector.calls.chains.book import Book
from inspector.calls.chains.flows import (
    Flow,
    flows_of,
    heard_before,
    says_all,
    says_answer,
)
from inspector.calls.chains.lanes import STRONG
from inspector.calls.chains.notes import Note
from inspector.calls.chains.origins import Origins
from tests.inspector.calls.chains.exchanges import Traffic

_A, _B, _C = "127.0.0.1:3000", "127.0.0.1:4000", "127.0.0.1:5000"


class _Scene:
    """A request to A, and one to B in it, with what else is asked for them."""

    def __init__(self, said_a: Any, said_b: Any, b_until: float = 8) -> None:  # noqa: ANN401 — JSON
        self.traffic, self.book = Traffic(), Book()
        self.outer = self._keep("a", "127.0.0.1:9001", _A, 9, said_a)
        self.middle = self._keep("b", "127.0.0.1:9002", _B, b_until, said_b)

    def _keep(
        self,
        route: str,
        client: str,
        server: str,
        until: float,
        said: Any,  # noqa: ANN401 — JSON
    ) -> Note:
        note = Note(
            self.traffic.add(route, client, server, {}, at=1, until=until, answer=said)
        )
        self.book.add(note)
        return note

    def note(self, data: Any, answer: Any, until: float = 5) -> Note:  # noqa: ANN401 — JSON
        note = Note(
            self.traffic.add(
                "c", "127.0.0.1:9003", _C, data, at=4, until=until, answer=answer
            )
        )
        note.others = [*self.outer.scopes, *self.middle.scopes]
        return note

    def flows(self, data: Any, answer: Any, until: float = 5) -> list[Flow]:  # noqa: ANN401 — JSON
        return list(flows_of(self.note(data, answer, until), self.book, Origins()))


def test_the_first_to_pass_an_answer_on_has_asked() -> None:
    scene = _Scene(["value"], {"of": "value"})

    assert scene.flows({}, "value") == [Flow(_B, "value", STRONG)]


def test_what_was_said_before_it_was_heard_proves_nothing() -> None:
    scene = _Scene(["value"], {"of": "value"})

    assert scene.flows({}, "value", until=8.5) == [Flow(_B, "value", 0)]


def test_who_says_next_what_somebody_tells_has_told_it() -> None:
    scene = _Scene({"total": 4711, "by": "A"}, {"total": 4711})

    assert Flow(_B, "4711", STRONG) in scene.flows({"logged": 4711}, None)


def test_short_values_show_less() -> None:
    scene = _Scene({"total": 48}, {"sum": 48})

    assert scene.flows({}, 48) == [Flow(_B, "48", 1)]
    assert scene.flows({"total": 48, "x": 1}, None) == [Flow(_B, "48", 1)]


def test_common_values_show_nothing() -> None:
    scene, origins = _Scene(["value"], ["value"]), Origins()
    origins.ask(["value"])
    origins.answer(["value"], 0, 1)

    assert not list(flows_of(scene.note({}, "value"), scene.book, origins))


def test_what_one_port_has_heard_and_another_says_at_once() -> None:
    traffic = Traffic()
    heard = Note(traffic.add("k", "127.0.0.1:1", _C, {}, at=1, until=2, answer=3))
    again = Note(traffic.add("k", "127.0.0.1:1", _C, {}, at=1, until=3, answer=4))
    said = Note(traffic.add("r", "127.0.0.1:2", _A, {"number": 3}, at=2.5))
    late = Note(traffic.add("r", "127.0.0.1:2", _A, {"number": 4}, at=99))

    assert [(e.sender, e.value) for e in heard_before(said, [heard, again])] == [
        ("127.0.0.1:1", "3")
    ]
    assert not list(heard_before(late, [heard, again]))


def test_what_an_exchange_says_and_hears_is_in_the_other() -> None:
    scene = _Scene({"total": 48}, None)
    call = scene.note({"total": 48}, 48)

    assert says_all(call, scene.outer)
    assert not says_all(call, scene.middle)
    assert says_answer(scene.note({}, 48), scene.outer)
    assert not says_answer(scene.note({}, 49), scene.outer)
