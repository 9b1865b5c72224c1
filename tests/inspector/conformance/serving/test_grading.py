"""All checks of a server, or some of them."""

from __future__ import annotations

import re

from inspector.conformance.calling.grader import Grader
from inspector.conformance.calling.habits import CHECKS as HABITS
from inspector.conformance.card import Outcome
from inspector.conformance.serving.grading import CHECKS, grade_server
from inspector.conformance.serving.target import Subjects, Target
from tests.inspector.captures import ROOT
from tests.inspector.conformance.faulty_server import FaultyServer
from tests.patience import PATIENCE


def test_names_are_unique_and_passages_exist() -> None:
    page = (ROOT / "docs" / "wire-format.md").read_text("utf-8")
    titles = re.findall(r"^#+ (.*)$", page, re.MULTILINE)
    anchors = {
        re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in titles
    }
    steps = [each.check for each in Grader().steps]
    for checks in ([each.check for each in CHECKS], [*steps, *(c for c, _ in HABITS)]):
        assert len({each.name for each in checks}) == len(checks) >= 40
        for check in checks:
            assert check.passage in anchors, check.name
            assert check.claim[0].isupper()
            assert check.claim[-1] != "."


def test_some_checks_are_made_and_told() -> None:
    told: list[str] = []
    with FaultyServer.serving() as server:
        target = Target(("127.0.0.1", server.port), Subjects(), PATIENCE)
        card = grade_server(target, ["id-number", "echo-falsy"], told.append)

    assert told == ["answers", "id-number", "echo-falsy"]
    assert [each.outcome for each in card.results] == [
        Outcome.PASSED,
        Outcome.PASSED,
        Outcome.UNTRIED,
    ]
    assert (card.side, card.subject) == ("server", f"127.0.0.1:{server.port}")


def test_a_server_that_does_not_answer_is_asked_no_more() -> None:
    with FaultyServer.serving("does not end calls") as server:
        target = Target(("127.0.0.1", server.port), Subjects(), 0.1)
        target.subjects = Subjects(call=target.subject._replace(pattern="sum"))
        card = grade_server(target)

    assert card.count(Outcome.FAILED) == 1
    assert card.count(Outcome.UNTRIED) == len(CHECKS) - 1
    assert card.results[1].reason == "the first call was not answered"
