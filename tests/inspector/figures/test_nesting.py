from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.figures import nesting
from inspector.figures.nesting import Nested
from protocol import Json, loads
from tests.inspector.conversation import MILLISECOND, STEP, Wire, inspected

if TYPE_CHECKING:
    import pytest

    from inspector.figures.report import Report

_GATEWAY, _USERS, _STORE = "10.0.0.1", "10.0.0.2", "10.0.0.3"
_USER = {"email": "ada@example.com", "name": "Ada"}


class Service:
    """Hosts that call one another, and what they say."""

    def __init__(self) -> None:
        self.wire = Wire()
        self.talks = {
            (client, server): self.wire.connect(
                client=f"{client}:{40_000 + place}", server=f"{server}:8888"
            )
            for place, (client, server) in enumerate(
                [(_GATEWAY, _USERS), (_USERS, _STORE), (_GATEWAY, _STORE)]
            )
        }

    def ask(self, client: str, server: str, name: str, data: Any) -> None:  # noqa: ANN401
        self.talks[client, server].ask(name, name, data)

    def answer(self, client: str, server: str, name: str) -> None:
        self.talks[client, server].answer(name, 1)

    def wait(self, time_ms: int) -> None:
        self.wire.wait(time_ms * MILLISECOND)

    def report(self) -> Report:
        return inspected(self.wire.records).report

    def nested(self, number: int) -> Nested:
        found = self.report().nesting.of(number)
        assert found is not None
        return found


def _registered(data: Any, *, beside: Any = None) -> Service:  # noqa: ANN401
    """Return a call of 100 ms in which another takes 80.

    Args:
        data: Of the inner call.
        beside: The data of a second call to the same service, which goes on meanwhile.
    """
    service = Service()
    service.ask(_GATEWAY, _USERS, "register", _USER)
    service.wait(10)
    if beside is not None:
        service.ask(_GATEWAY, _USERS, "beside", beside)
    service.ask(_USERS, _STORE, "create", data)
    service.wait(80)
    service.answer(_USERS, _STORE, "create")
    service.wait(10)
    service.answer(_GATEWAY, _USERS, "register")
    if beside is not None:
        service.answer(_GATEWAY, _USERS, "beside")
    return service


def test_a_call_with_a_part_of_the_data_took_the_time() -> None:
    for data in (_USER, {"email": "ada@example.com"}, "ada@example.com", ["Ada"]):
        nested = _registered(data).nested(1)
        assert nested.inner is not None
        assert (nested.inner.route, nested.inner.number) == ("create", 2)
        assert nested.waited_ns == 80 * MILLISECOND + STEP
        assert (nested.others, nested.alone, nested.outer) == (0, True, None)


def test_the_inner_call_names_the_outer() -> None:
    assert _registered(_USER).nested(2) == Nested(
        inner=None, others=0, waited_ns=0, alone=True, outer=1
    )


def test_other_data_or_hardly_any_proves_nothing() -> None:
    for data in ({"email": "bob@example.com"}, {}, "", None, True, 1, [_USER, "Bob"]):
        nested = _registered(data).nested(1)
        assert (nested.inner, nested.waited_ns) == (None, 0)
        assert not nested.alone  # for the host called another meanwhile


def test_a_small_number_tells_something_under_its_key_alone() -> None:
    def inner(outer: Any, data: Any) -> bool:  # noqa: ANN401
        service = Service()
        service.ask(_GATEWAY, _USERS, "outer", outer)
        service.ask(_USERS, _STORE, "inner", data)
        service.wait(80)
        service.answer(_USERS, _STORE, "inner")
        service.answer(_GATEWAY, _USERS, "outer")
        return service.nested(1).inner is not None

    assert inner({"userId": 7}, {"userId": 7})
    assert not inner({"userId": 7}, {"page": 7})
    assert inner({"userId": 7_000}, {"id": 7_000})
    assert not inner({"active": True}, {"active": True})


def test_a_call_that_may_be_for_either_of_two_is_for_neither() -> None:
    for beside, inner in ((_USER, None), ({"email": "bob@example.com"}, "create")):
        nested = _registered(_USER, beside=beside).nested(1)
        assert (nested.inner.route if nested.inner else None) == inner


def test_calls_made_in_turn_and_at_once_count_by_the_time_they_cover() -> None:
    service = Service()
    service.ask(_GATEWAY, _USERS, "all", _USER)
    service.ask(_USERS, _STORE, "one", "Ada")
    service.wait(30)
    service.ask(_USERS, _STORE, "two", "Ada")
    service.wait(30)
    service.answer(_USERS, _STORE, "one")
    service.answer(_USERS, _STORE, "two")
    service.wait(20)
    service.ask(_USERS, _STORE, "three", "Ada")
    service.wait(10)
    service.answer(_USERS, _STORE, "three")
    service.answer(_GATEWAY, _USERS, "all")
    nested = service.nested(1)

    assert nested.inner is not None
    assert (nested.inner.route, nested.others, nested.alone) == ("one", 2, True)
    assert 70 * MILLISECOND < nested.waited_ns < 72 * MILLISECOND


def test_of_three_in_one_another_each_names_its_neighbour() -> None:
    wire = Wire()
    talks = [
        wire.connect(client=f"10.0.0.{n}:4000{n}", server=f"10.0.0.{n + 1}:8888")
        for n in range(1, 4)
    ]
    for place, talk in enumerate(talks):
        talk.ask(f"step{place}", "1", _USER)
        wire.wait(10 * MILLISECOND)
    for talk in reversed(talks):
        talk.answer("1", 1)
    kept = inspected(wire.records).report.nesting
    found = [kept.of(number) for number in (1, 2, 3)]

    assert [each and each.inner and each.inner.number for each in found] == [2, 3, None]
    assert [each and each.outer for each in found] == [None, 1, 2]


def test_one_service_and_its_clients_call_nobody() -> None:
    wire = Wire()
    talk = wire.connect(client="127.0.0.1:40000", server="127.0.0.1:8888")
    talk.ask("one", "1", _USER)
    talk.ask("two", "2", _USER)
    wire.wait(80 * MILLISECOND)
    talk.answer("2", 1)
    talk.answer("1", 1)
    report = inspected(wire.records).report

    assert not report.nesting.middle
    assert report.nesting.of(1) is None


def test_two_services_on_one_host_may_call_each_other() -> None:
    wire = Wire()
    outer = wire.connect(client="127.0.0.1:40000", server="127.0.0.1:4001")
    inner = wire.connect(client="127.0.0.1:40001", server="127.0.0.1:4002")
    outer.ask("login", "1", _USER)
    inner.ask("find", "1", {"email": "ada@example.com"})
    wire.wait(80 * MILLISECOND)
    inner.answer("1", 1)
    outer.answer("1", 1)
    kept = inspected(wire.records).report.nesting
    nested = kept.of(1)

    assert nested is not None
    assert nested.inner is not None
    assert (nested.inner.number, nested.alone) == (2, True)


def test_a_later_part_is_merged_with_its_numbers_raised() -> None:
    report, later = (_registered(_USER).report() for _ in range(2))
    report.merge(later)
    nested = report.nesting.of(3)

    assert nested is not None
    assert nested.inner is not None
    assert (nested.inner.number, nested.inner.route) == (4, "create")


class _Step(NamedTuple):
    """What happens next: a new call of the user with some number, or an answer."""

    user: int
    asks: bool
    wait_ms: int


_steps = st.lists(
    st.builds(_Step, st.integers(100, 103), st.booleans(), st.integers(0, 9)),
    max_size=40,
)


@settings(deadline=None)
@given(_steps)
def test_what_is_said_to_be_inside_is_inside_and_has_the_data(
    steps: list[_Step],
) -> None:
    """Each inner call asks for its own user, so that whose it is can be checked."""
    service = Service()
    open_calls: deque[tuple[str, str, str]] = deque()
    for number, step in enumerate(steps):
        service.wait(step.wait_ms)
        pair = (_GATEWAY, _USERS) if number % 2 else (_USERS, _STORE)
        if step.asks:
            name = f"call{number}"
            service.ask(*pair, name, {"user": step.user})
            open_calls.append((*pair, name))
        elif open_calls:
            service.answer(*open_calls.pop())
    while open_calls:
        service.answer(*open_calls.popleft())
    result = inspected(service.wire.records)
    calls = {each.number: each for each in result.exchanges}

    for slow in result.report.slowest:
        nested = result.report.nesting.of(slow.number)
        if nested is None or nested.inner is None:
            continue
        outer, inner = calls[slow.number], calls[nested.inner.number]
        assert inner.data == outer.data
        assert outer.asked_ns <= inner.asked_ns
        assert (inner.first_reply_ns or 0) <= (outer.first_reply_ns or 0)
        assert 0 <= nested.waited_ns <= slow.latency_ns
        rivals = [
            each
            for each in calls.values()
            if each.connection is outer.connection and each.data == inner.data
            if each.number != outer.number
            if each.asked_ns <= inner.asked_ns
            if (each.first_reply_ns or 0) >= (inner.first_reply_ns or 0)
        ]
        assert all(
            (each.asked_ns <= outer.asked_ns)
            == ((each.first_reply_ns or 0) >= (outer.first_reply_ns or 0))
            for each in rivals
        )


def test_only_what_went_on_around_the_slowest_is_kept() -> None:
    service = Service()
    for number in range(1, 40):  # each takes longer than all before
        name = f"call{number}"
        service.ask(_GATEWAY, _USERS, name, _USER)
        service.ask(_USERS, _STORE, name, _USER)
        service.wait(number)
        service.answer(_USERS, _STORE, name)
        service.answer(_GATEWAY, _USERS, name)
    report = service.report()

    assert report.nesting._around.keys() == {  # noqa: SLF001 — what it holds
        each.number for each in report.slowest
    }


def test_data_is_read_once_however_many_calls_it_is_compared_with(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reads = 0

    def counted(text: bytes) -> Json:
        nonlocal reads
        reads += 1
        return loads(text)

    nesting._values_of.cache_clear()  # noqa: SLF001
    monkeypatch.setattr(nesting, "loads", counted)
    data = {f"key{number}": f"value {number}" for number in range(50)}
    wire = Wire()
    outer = wire.connect(client="127.0.0.1:40000", server="127.0.0.1:4001")
    inner = [
        wire.connect(
            client=f"127.0.0.1:{41_000 + n}", server=f"127.0.0.1:{4002 + n % 2}"
        )
        for n in range(40)
    ]
    outer.ask("outer", "1", data)
    for number, talk in enumerate(inner):
        part = {key: value for key, value in data.items() if key != f"key{number}"}
        talk.ask("inner", "1", part)
    wire.wait(80 * MILLISECOND)
    for talk in [*reversed(inner), outer]:
        talk.answer("1", 1)
    report = inspected(wire.records).report
    found = report.nesting.of(1)

    assert found is not None
    assert found.others == len(inner) - 1
    assert reads == len(inner) + 1
