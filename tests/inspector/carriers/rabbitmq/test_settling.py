"""Confirms and acknowledgements are about what their numbers say."""

from __future__ import annotations

from inspector.carriers.rabbitmq.settling import (
    MOST,
    Content,
    Delivered,
    Deliveries,
    Published,
    Publishes,
)


def _tags(done: list[Published]) -> list[object]:
    return [each.tag for each in done]


def _published(publishes: Publishes, *tags: int) -> None:
    for tag in tags:
        publishes.add(Published(tag))


def test_confirms_have_the_numbers_of_a_channel_from_its_selection_on() -> None:
    publishes = Publishes(confirmed=False)
    _published(publishes, 10)
    publishes.select()
    _published(publishes, 11, 12, 13, 14)

    assert _tags(publishes.confirm(3, multiple=False)) == [13]
    assert _tags(publishes.confirm(2, multiple=True)) == [11, 12]
    assert publishes.confirm(2, multiple=True) == []
    assert _tags(publishes.confirm(0, multiple=True)) == [14]
    assert publishes.confirm(9, multiple=False) == []


def test_numbers_are_learnt_by_the_first_confirm() -> None:
    publishes = Publishes(confirmed=None)
    assert publishes.confirm(70, multiple=False) == []  # of what was before
    _published(publishes, 1, 2)

    assert _tags(publishes.confirm(71, multiple=False)) == [1]
    _published(publishes, 3)
    assert _tags(publishes.confirm(73, multiple=True)) == [2, 3]


def test_the_first_confirm_of_several_is_of_all_that_wait() -> None:
    publishes = Publishes(confirmed=None)
    _published(publishes, 1, 2, 3)
    assert _tags(publishes.confirm(90, multiple=True)) == [1, 2, 3]


def test_numbers_that_are_too_small_are_learnt_again() -> None:
    publishes = Publishes(confirmed=None)
    _published(publishes, 1)
    publishes.confirm(50, multiple=False)  # of one that was not seen
    _published(publishes, 2)

    assert _tags(publishes.confirm(52, multiple=False)) == [2]
    _published(publishes, 3)
    assert _tags(publishes.confirm(53, multiple=False)) == [3]


def test_after_a_loss_numbers_are_learnt_anew_and_older_ones_kept() -> None:
    publishes = Publishes(confirmed=False)
    publishes.select()
    _published(publishes, 1)
    publishes.lose()
    _published(publishes, 2, 3)

    assert _tags(publishes.confirm(1, multiple=False)) == [1]
    assert _tags(publishes.confirm(8, multiple=False)) == [2]
    assert _tags(publishes.confirm(9, multiple=False)) == [3]


def test_without_a_confirm_none_is_expected_after_a_while() -> None:
    publishes = Publishes(confirmed=None)
    _published(publishes, 1, 2, 3)
    before = publishes.confirmed
    _published(publishes, 4)
    known = [publishes.confirmed]
    assert _tags(publishes.confirm(7, multiple=False)) == [1]
    assert [before, *known, publishes.confirmed] == [None, False, True]


def test_what_is_returned_is_the_oldest_like_it_that_is_not_confirmed() -> None:
    publishes = Publishes(confirmed=False)
    publishes.select()
    same, other = Content("e", "k", 1), Content("e", "k", 2)
    for tag in (1, 2, 3):
        publishes.add(Published(tag, same))
    publishes.add(Published(4, other))
    publishes.confirm(1, multiple=False)

    assert publishes.give_back(other) == Published(4, other)
    assert publishes.give_back(same) == Published(2, same)
    assert publishes.give_back(Content("e", "x", 1)) is None
    assert publishes.give_back(Content("e", "k", 9)) == Published(3, same)
    assert _tags(publishes.confirm(4, multiple=True)) == [2, 3, 4]
    assert publishes.give_back(same) is None


def test_an_acknowledgement_is_about_a_delivery_or_all_up_to_it() -> None:
    deliveries = Deliveries()
    for number in range(1, 7):
        deliveries.add(number, Delivered(f"t{number}" if number != 3 else None), 0)

    assert deliveries.settle(2, multiple=False) == ["t2"]
    assert deliveries.settle(2, multiple=False) is None
    assert deliveries.settle(4, multiple=True) == ["t1", None, "t4"]
    assert deliveries.settle(4, multiple=True) is None
    assert deliveries.settle(0, multiple=True) == ["t5", "t6"]


def test_few_are_remembered() -> None:
    publishes, others, deliveries = Publishes(False), Publishes(None), Deliveries()  # noqa: FBT003
    publishes.select()
    others.confirm(1, multiple=False)
    for number in range(1, MOST + 2):
        publishes.add(Published(number, Content("e", "k", number)))
        others.add(Published(number))
        deliveries.add(number, Delivered(number), 0)

    assert publishes.give_back(Content("e", "k", 2)) == Published(
        2, Content("e", "k", 2)
    )
    assert deliveries.settle(1, multiple=False) is None
    assert len(deliveries.settle(0, multiple=True) or ()) == MOST
    assert len(publishes.confirm(0, multiple=True)) == MOST
    assert len(others.confirm(9, multiple=True)) == MOST
