"""Which of several is the parent, and when nobody knows."""

from __future__ import annotations

import pytest

from inspector.calls.chains.seeking import with_parents
from tests.inspector.calls.chains.exchanges import Traffic, evidence_of, parents

_G, _A, _B = "10.0.0.2:80", "10.0.0.3:80", "10.0.0.4:80"
_SPAN = "b7ad6b7169203331-01"


def _client(number: int) -> str:
    return f"10.9.0.{number}:5000"


@pytest.mark.parametrize("number", [1, 2])
def test_of_two_requests_the_one_that_has_its_data_is_the_parent(number: int) -> None:
    traffic = Traffic()
    traffic.add("r", _client(1), _G, {"user": "Ada"}, at=1, until=9)
    traffic.add("r", _client(2), _G, {"user": "Bob"}, at=2, until=9)
    data = {"name": "Ada" if number == 1 else "Bob"}
    inner = traffic.add("i", "10.0.0.2:6000", _A, data, at=3, until=4)

    assert parents(with_parents(traffic.exchanges))[3] == number
    assert evidence_of(inner.link) == "data"


def test_of_two_that_say_the_same_nobody_knows_which() -> None:
    traffic = Traffic()
    for number in (1, 2):
        traffic.add("r", _client(number), _G, "hello", at=number, until=9)
    inner = traffic.add("i", "10.0.0.2:6000", _A, "hello", at=3, until=4)
    list(with_parents(traffic.exchanges))

    assert inner.link is not None
    assert inner.link.parent is None
    assert inner.link.possible == (1, 2)


def test_the_trace_tells_which_of_those_that_say_the_same() -> None:
    traffic = Traffic()
    for number in (1, 2):
        trace = f"00-{number:032x}-{_SPAN}"
        traffic.add("r", _client(number), _G, "hi", at=number, until=9, trace=trace)
    trace = f"00-{2:032x}-aaaaaaaaaaaaaaaa-01"
    inner = traffic.add("i", "10.0.0.2:6", _A, "x", at=3, until=4, trace=trace)

    assert parents(with_parents(traffic.exchanges))[3] == 2
    assert evidence_of(inner.link) == "trace"


def test_another_trace_rules_one_out() -> None:
    traffic = Traffic()
    trace = f"00-{1:032x}-{_SPAN}"
    traffic.add("r", _client(1), _G, "hello", at=1, until=9, trace=trace)
    other = f"00-{2:032x}-{_SPAN}"
    traffic.add("i", "10.0.0.2:6", _A, "hello", at=3, until=4, trace=other)

    assert parents(with_parents(traffic.exchanges))[2] is None


def test_the_answer_tells_which_reply_it_is_in() -> None:
    traffic = Traffic()
    for number in (1, 2):
        reply = {"order": f"order {number}"}
        traffic.add("r", _client(number), _G, "hello", at=number, until=9, answer=reply)
    for number in (1, 2):
        said = f"order {3 - number}"
        traffic.add("i", "10.0.0.2:6", _A, "hello", at=3, until=3 + number, answer=said)

    assert parents(with_parents(traffic.exchanges)) == {1: None, 2: None, 3: 2, 4: 1}
    assert evidence_of(traffic.exchanges[2].link) == "reply"


def test_what_another_call_has_answered_leads_to_its_parent() -> None:
    traffic = Traffic()
    traffic.add("r", _client(1), _G, {"user": "Ada"}, at=1, until=9)
    traffic.add(
        "find", "10.0.0.2:6", _A, {"user": "Ada"}, at=2, until=3, answer={"key": "k-17"}
    )
    traffic.add("orders", "10.0.0.2:7", _B, {"of": "k-17"}, at=4, until=5)

    assert parents(with_parents(traffic.exchanges)) == {1: None, 2: 1, 3: 1}
    assert evidence_of(traffic.exchanges[2].link) == "answer"


def test_the_socket_that_is_named_tells_who_sends_something_back() -> None:
    traffic = Traffic()
    connection = (_client(1), _G)
    traffic.add("send", *connection, {"text": "hello"}, at=1)
    named = {"text": "hello", "metadata": {"socket_id": "kTzX"}}
    traffic.add("sent", "10.0.0.2:6", _A, named, at=2)
    traffic.add("recv", "10.0.0.3:7", "10.0.0.2:81", named, at=3)
    traffic.add("recv", *connection, {"text": "hello"}, at=4, pushed=True)

    assert parents(with_parents(traffic.exchanges)) == {1: None, 2: 1, 3: 2, 4: 3}
    assert evidence_of(traffic.exchanges[3].link) == "socket_id"


def test_a_client_that_says_the_same_again_may_be_the_cause_of_what_names_it() -> None:
    traffic, client, gateway = Traffic(), "127.0.0.1:5000", "127.0.0.1:80"
    named = {"text": "hello", "metadata": {"socket_id": "kTzX"}}
    for at in (0, 1_000):
        traffic.add("send", client, gateway, {"text": "hello"}, at=at + 1)
        traffic.add("sent", "127.0.0.1:6", "127.0.0.1:90", named, at=at + 3)
        traffic.add("recv", "127.0.0.1:7", "127.0.0.1:81", named, at=at + 5)
    traffic.connection(client, gateway).carrier = "socketio"
    found = list(with_parents(traffic.exchanges))

    assert parents(found)[5] in {None, 4}
    link = found[4].link
    assert link is not None
    assert link.parent == 4 or 4 in link.possible


def test_on_one_address_a_service_and_the_next_may_both_have_asked() -> None:
    traffic = Traffic()
    traffic.add("r", "127.0.0.1:5", "127.0.0.1:80", "Ada", at=1, until=9)
    traffic.add("a", "127.0.0.1:6", "127.0.0.1:81", "Ada", at=2, until=8)
    inner = traffic.add("b", "127.0.0.1:7", "127.0.0.1:82", "Ada", at=3, until=7)

    assert parents(with_parents(traffic.exchanges)) == {1: None, 2: 1, 3: None}
    assert inner.link is not None
    assert inner.link.possible == (1, 2)


def test_a_port_that_sends_only_during_calls_tells_by_time_alone() -> None:
    traffic = Traffic()
    for number in range(8):
        at = number * 1000
        traffic.add("GET /", "127.0.0.1:5", "127.0.0.1:80", at=at, until=at + 9)
        traffic.add(
            "sum", "127.0.0.1:6", "127.0.0.1:81", [number], at=at + 1, until=at + 2
        )
    found = parents(with_parents(traffic.exchanges))

    assert found == {n: n - 1 if n % 2 == 0 else None for n in range(1, 17)}
    assert evidence_of(traffic.exchanges[1].link) == "lane"


def test_one_that_sends_for_nobody_as_well_tells_nothing_by_time() -> None:
    traffic = Traffic()
    for number in range(8):
        at = number * 1000
        traffic.add("GET /", "127.0.0.1:5", "127.0.0.1:80", at=at, until=at + 9)
        traffic.add("sum", "127.0.0.1:6", "127.0.0.1:81", [1], at=at + 1, until=at + 2)
    traffic.add("sum", "127.0.0.1:6", "127.0.0.1:81", [1], at=9000, until=9001)

    assert set(parents(with_parents(traffic.exchanges)).values()) == {None}
