"""Which command an answer is to."""

from __future__ import annotations

from inspector.carriers.redis.answers import MOST, OTHER, Answers


def test_answers_come_in_the_order_of_the_commands() -> None:
    answers = Answers()
    first = answers.publish()
    answers.ask()
    answers.ask()
    second = answers.publish()

    assert answers.answer(number=True) == first
    assert [answers.answer(number=True), answers.answer(number=False)] == [OTHER] * 2
    assert answers.answer(number=True) == second
    assert answers.answer(number=True) is None


def test_where_some_are_missing_a_number_is_to_the_last_publish() -> None:
    answers = Answers()
    answers.publish()
    answers.ask()
    last = answers.publish()
    answers.lose()

    assert answers.answer(number=True) == last
    assert answers.answer(number=True) is None
    following = answers.publish()
    assert answers.answer(number=True) == following


def test_where_some_are_missing_another_answer_is_to_none() -> None:
    answers = Answers()
    first = answers.publish()
    answers.lose()
    assert answers.answer(number=False) == OTHER
    assert answers.answer(number=True) == first

    answers.ask()
    answers.ask()
    answers.lose()
    assert answers.answer(number=False) == OTHER
    assert answers.answer(number=False) == OTHER
    assert answers.answer(number=False) is None


def test_where_no_publish_waits_a_number_is_to_none() -> None:
    answers = Answers()
    answers.ask()
    answers.lose()

    assert answers.answer(number=True) is None


def test_too_many_commands_are_not_told_apart() -> None:
    answers = Answers()
    for _ in range(MOST):
        answers.publish()
    last = answers.publish()

    assert answers.answer(number=True) == last
    assert answers.answer(number=True) is None
