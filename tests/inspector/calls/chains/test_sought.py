import pytest

from inspector.calls.chains import sought
from inspector.calls.chains.sought import PossibleParents, with_possible_parents
from tests.inspector.calls.chains.exchanges import Traffic, parents


def test_where_nobody_who_is_asked_asks_nothing_is_sought() -> None:
    traffic = Traffic()
    for number in range(600):
        traffic.add(
            "r", "10.0.0.1:5", "10.0.0.2:80", "Ada", at=number, until=number + 1
        )
    passed = list(with_possible_parents(traffic.exchanges))

    assert passed == traffic.exchanges
    assert all(each.link is None for each in passed)


def test_they_are_sought_from_the_first_that_can_have_one() -> None:
    traffic = Traffic()
    traffic.add("r", "10.0.0.1:5", "10.0.0.2:80", "Ada", at=1, until=9)
    traffic.add("i", "10.0.0.2:6", "10.0.0.3:80", "Ada", at=2, until=3)

    assert parents(with_possible_parents(traffic.exchanges)) == {1: None, 2: 1}


def test_one_by_one_the_same_are_found() -> None:
    traffic = Traffic()
    traffic.add("r", "10.0.0.1:5", "10.0.0.2:80", "Ada", at=1, until=9)
    traffic.add("i", "10.0.0.2:6", "10.0.0.3:80", "Ada", at=2, until=3)
    first, second = traffic.exchanges
    sought = PossibleParents()

    assert list(sought.add(second)) == []  # it waits for the one before it
    passed = [*sought.add(first), *sought.finish()]
    assert parents(passed) == {1: None, 2: 1}
    assert [each.number for each in passed] == [1, 2]


def test_they_are_sought_no_more_where_none_is_found_and_again_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in {"HELD": 4, "UNSUCCESSFUL": 8, "AGAIN": 2}.items():
        monkeypatch.setattr(sought, name, value)
    traffic = Traffic()
    for turn in range(60):
        begin = 10_000 * turn
        traffic.add("r", "10.0.0.1:5", "10.0.0.2:80", "Ada", at=begin, until=begin + 9)
        asked = begin + (
            2 if turn > 50 else 5_000
        )  # while it handles that, or long after
        end = asked + 3
        traffic.add("i", "10.0.0.2:6", "10.0.0.3:80", f"{turn}", at=asked, until=end)
    seeking = PossibleParents()
    passed = [each for one in traffic.exchanges for each in seeking.add(one)]
    held = len(traffic.exchanges) - len(passed)
    passed += seeking.finish()

    assert passed == traffic.exchanges
    assert held <= 4
    found = [number for number, parent in parents(passed).items() if parent]
    assert found == [each for each in found if each > 100]
