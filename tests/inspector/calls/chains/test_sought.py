from inspector.calls.chains.sought import with_possible_parents
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
