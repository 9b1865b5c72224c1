from inspector.calls.chains import customs
from inspector.calls.chains.customs import Customs
from tests.inspector.calls.chains.exchanges import MS


def test_a_call_is_late_that_comes_much_later_than_those_before() -> None:
    known = Customs()
    for delay in (2, 3, 4):
        assert not known.is_late(":3000", 60 * MS)
        known.add(":3000", delay * MS)

    assert known.is_late(":3000", 60 * MS)
    assert not known.is_late(":3000", 45 * MS)
    assert not known.is_late(":4000", 60 * MS)


def test_calls_of_a_route_are_alike_while_none_differs() -> None:
    known = Customs()
    for _ in range(customs.ALIKE):
        assert not known.is_alike("sum")
        known.compare("sum", alike=True)
    assert known.is_alike("sum")

    known.compare("sum", alike=False)

    assert not known.is_alike("sum")


def test_what_is_known_is_bounded() -> None:
    known = Customs()
    for number in range(customs.MAX_CUSTOMS + 5):
        known.add(str(number), 1)
        known.compare(str(number), alike=True)

    assert not known.is_late(str(customs.MAX_CUSTOMS), MS)
