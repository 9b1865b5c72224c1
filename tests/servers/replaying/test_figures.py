from __future__ import annotations

from servers.replaying.choosing import Reason
from servers.replaying.figures import Figures
from servers.replaying.sending import Answer
from tests.servers.replaying.replayed import recording


def test_answers_are_counted_by_route_and_by_what_they_are() -> None:
    figures = Figures()
    figures.add(Answer(recording("a", 1, 2), latency_ns=1_000, hidden=3))
    figures.add(Answer(recording("a", 1, 2), ("$: 2 → 3",), latency_ns=1_000))
    figures.add(Answer(recording("a", 1, outcome="unanswered", latency_ns=None)))
    figures.add(Answer(recording("b", 1, kind="event")))
    row = figures.rows["a"]

    assert (row.sent, row.same, row.differ, row.uncompared) == (3, 1, 1, 1)
    assert (row.recorded.count, row.now.count) == (2, 2)
    assert (figures.rows["b"].events, figures.hidden) == (1, 3)
    assert (figures.sent, figures.differ, len(figures.different)) == (4, 1, 1)


def test_no_more_is_kept_than_should_be() -> None:
    figures = Figures()
    for number in range(1_200):
        figures.add(Answer(recording(f"a{number}", 1, 2), ("$: 2 → 3",)))
        figures.refuse(Reason.WRITES, f"b{number}")
        figures.note_server(f"10.0.0.1:{number}")

    assert len(figures.rows) == 1_001
    assert figures.rows["(other patterns)"].sent == 200
    assert figures.refused[Reason.WRITES]["(other patterns)"] == 200
    assert (figures.differ, len(figures.different)) == (1_200, 20)
    assert len(figures.servers) == 1_000
