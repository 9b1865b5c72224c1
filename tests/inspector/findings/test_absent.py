from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from inspector.findings.absent import meant, remedy, subscriber
from inspector.findings.finding import Finding
from tests.inspector.conversation import inspected
from tests.inspector.over_nats import Broker

if TYPE_CHECKING:
    from collections.abc import Callable


def _refused(*subjects: str, elsewhere: str = "") -> Finding:
    broker = Broker()
    broker.worker(*subjects)
    if elsewhere:
        Broker(broker.wire, "10.0.0.8:4222").worker(elsewhere, endpoint="10.9.9.9:1")
    caller = broker.peer()
    passing = caller.ask("sum")
    caller.refused(passing).leave(passing)
    (found,) = [
        each
        for each in inspected(broker.wire.records).findings
        if each.code == "nobody-subscribed"
    ]
    return found


@pytest.mark.parametrize(
    ("found", "who", "what", "words"),
    [
        (lambda: _refused("sum"), "10.0.0.1:50001", "", "look at what 10.0.0.1:50001"),
        (lambda: _refused("s*"), "", "", "else"),  # such a star is a letter
        (lambda: _refused("sums"), "", "sums", "did you mean sums?"),
        (lambda: _refused("x", elsewhere="sum"), "", "the broker", "did you mean the"),
        (lambda: _refused("unlike.it"), "", "", "else"),
    ],
    ids=["away", "star", "like", "elsewhere", "unlike"],
)
def test_who_was_away_comes_before_what_was_meant(
    found: Callable[[], Finding], who: str, what: str, words: str
) -> None:
    finding = found()

    assert subscriber(finding) == who
    assert meant(finding).startswith(what)
    assert bool(meant(finding)) == bool(what)
    assert remedy(finding, "else").startswith(words)


def test_nothing_is_known_of_a_finding_by_itself() -> None:
    finding = _refused("sum")
    for lacking in ("habits", "channel"):
        alone = _refused("sum")
        setattr(alone, lacking, None)
        assert (subscriber(alone), meant(alone)) == ("", "")

    assert isinstance(finding, Finding)
