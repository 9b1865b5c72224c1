"""The ledger notices whatever a soak must not do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.soak.ledger import Call, Ledger, Run, Way

if TYPE_CHECKING:
    from tests.soak.ledger import Ending

_HERE = Way(frozenset({"here"}))
_CUT = Way(frozenset({"here"}), sound=False)
_NEST = Way(frozenset({"nest"}), noted=False)
_NOBODY = frozenset[str]()


def _own(call: Call) -> dict[str, object]:
    return {**call.order, "found": None}


def _run(*began: Call, finished: bool = True, killed: bool = False) -> Run:
    run = Run("here", killed=killed)
    run.began.update(call.number for call in began)
    if finished:
        run.finished.update(call.number for call in began)
    return run


def _problem(ledger: Ledger) -> str:
    (problem,) = ledger.problems
    return problem


def test_calls_that_get_what_is_their_own_are_no_problem() -> None:
    ledger = Ledger()
    call, nest, event = (
        ledger.begin(_HERE, 1_000),
        ledger.begin(_NEST),
        ledger.begin(_HERE, answerable=False),
    )
    ledger.reply(call, _own(call))
    ledger.reply(nest, nest.order)
    ledger.end(event, "answered")
    ledger.settle([_run(call, event)], _NOBODY)

    assert not ledger.problems
    assert ledger.endings == {"answered": 3}
    assert len(call.text) > 900


@pytest.mark.parametrize(
    "changes", [{"number": 0}, {"text": ""}, {"found": 7}, {"another": 1}]
)
def test_what_belongs_to_another_call_is_noticed(changes: dict[str, object]) -> None:
    ledger = Ledger()
    call = ledger.begin(_HERE)
    ledger.reply(call, _own(call) | changes)

    assert "not its own" in _problem(ledger)


def test_a_second_reply_is_noticed() -> None:
    ledger = Ledger()
    call = ledger.begin(_HERE)
    for _ in range(2):
        ledger.reply(call, _own(call))

    assert "ended again" in _problem(ledger)


def test_an_error_without_documentation_is_noticed() -> None:
    ledger = Ledger()
    call = ledger.begin(_CUT)
    ledger.undocumented(call, KeyError("id"))

    assert "a way of its own: KeyError" in _problem(ledger)


@pytest.mark.parametrize("ending", ["timeout", "lost", "unreachable"])
def test_a_failure_needs_a_cause(ending: Ending) -> None:
    ledger = Ledger()
    ledger.end(ledger.begin(_HERE), ending)
    ledger.settle([_run()], _NOBODY)

    assert "without a cause" in _problem(ledger)


def test_a_call_that_never_ends_is_noticed() -> None:
    ledger = Ledger()
    ledger.begin(_HERE)
    ledger.settle([_run()], _NOBODY)

    assert "without a cause: None" in _problem(ledger)


def test_causes_excuse_failures() -> None:
    ledger = Ledger()
    hurried = ledger.begin(_HERE, hurried=True)
    ledger.end(hurried, "timeout")
    ledger.end(ledger.begin(_CUT), "lost")
    ledger.settle([_run(hurried)], _NOBODY)
    ledger.end(ledger.begin(_HERE), "unreachable")
    ledger.settle([_run()], frozenset({"here"}))

    assert not ledger.problems


def test_a_call_that_ran_twice_is_noticed() -> None:
    ledger = Ledger()
    call = ledger.begin(_HERE)
    ledger.reply(call, _own(call))
    ledger.settle([_run(call), _run(call)], _NOBODY)

    assert "ran 2 times" in _problem(ledger)


def test_an_answer_that_no_handler_gave_is_noticed() -> None:
    ledger = Ledger()
    call = ledger.begin(_HERE)
    ledger.reply(call, _own(call))
    ledger.settle([_run(call, finished=False)], _NOBODY)

    assert "never finished" in _problem(ledger)


def test_an_error_that_says_that_nothing_was_sent_must_be_right() -> None:
    ledger = Ledger()
    call = ledger.begin(_CUT)
    ledger.end(call, "unreachable")
    ledger.settle([_run(call)], _NOBODY)

    assert "was not sent" in _problem(ledger)


def test_a_reply_that_was_promised_and_lost_is_noticed() -> None:
    ledger = Ledger()
    call = ledger.begin(_HERE)
    ledger.end(call, "lost")
    ledger.settle([_run(call)], frozenset({"here"}))

    assert "its reply was lost" in _problem(ledger)


def test_a_server_that_is_killed_promises_nothing() -> None:
    ledger = Ledger()
    call = ledger.begin(_HERE)
    ledger.end(call, "lost")
    ledger.settle([_run(call, killed=True)], frozenset({"here"}))

    assert not ledger.problems


def test_an_event_that_was_lost_is_noticed() -> None:
    ledger = Ledger()
    ledger.end(ledger.begin(_HERE, answerable=False), "answered")
    ledger.settle([_run()], _NOBODY)

    assert "was lost" in _problem(ledger)


def test_what_runs_again_later_is_noticed_unless_it_was_given_up() -> None:
    ledger = Ledger()
    call, given_up = ledger.begin(_HERE), ledger.begin(_CUT)
    ledger.reply(call, _own(call))
    ledger.end(given_up, "lost")
    ledger.settle([_run(call)], _NOBODY)
    ledger.settle([_run(given_up)], _NOBODY)
    assert not ledger.problems

    ledger.settle([_run(call)], _NOBODY)
    assert "was settled before" in _problem(ledger)
