from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls import sessions as module
from inspector.calls.exchanges import Exchange, Kind, Ledger
from inspector.calls.sessions import LINGERING_NS, Session, Sessions
from inspector.streams.connections import Connection
from inspector.streams.endpoints import Endpoint
from inspector.streams.items import Closed
from protocol import UNDEFINED, JsonText

if TYPE_CHECKING:
    import pytest

_DATA = JsonText(b'{"a":1}')


def _connection(number: int, port: int = 3000) -> Connection:
    client, server = Endpoint("10.0.0.1", 40_000 + number), Endpoint("10.0.0.2", port)
    connection = Connection(number, (client, server), 1, 0)
    connection.client = 0
    return connection


def _exchange(number: int = 1, kind: Kind = Kind.MESSAGE) -> Exchange:
    return Exchange(number, kind, _connection(1), Ledger(number), 0, 0)


def _closed(connection: Connection, time_ns: int = 0) -> Closed:
    return Closed(connection, time_ns=time_ns, cause="close")


def test_who_waits_under_a_key_is_taken_in_order() -> None:
    session, first, second = Session(), _exchange(1), _exchange(2)
    session.wait("k", first)
    session.wait("k", second)
    assert list(session.left()) == [first, second]
    assert [session.take("k"), session.take("k"), session.take("k")] == [
        first,
        second,
        None,
    ]


def test_who_failed_waits_no_more() -> None:
    session, first, second = Session(), _exchange(1), _exchange(2)
    session.wait("k", first)
    session.wait("k", second)
    session.wait("other", _exchange(3))
    session.drop(first)
    assert session.take("k") is second
    session.drop(second)


def test_the_last_acknowledgements_are_remembered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_REMEMBERED", 2)
    session = Session()
    ledgers = [Ledger(number) for number in (1, 3, 2)]
    for number, ledger in enumerate(ledgers):
        session.end(number, ledger)
    assert [session.ended(number) for number in range(3)] == [None, *ledgers[1:]]
    assert session.newest == 3


def test_an_exception_blames_the_oldest_that_is_equal_and_not_over() -> None:
    session = Session()
    over, first, second, other = (_exchange(number) for number in range(4))
    for exchange in (over, first, second):
        session.remember("sum", _DATA, exchange)
    session.remember("sum", UNDEFINED, other)
    session.forget(over)

    assert session.blamed("sum", _DATA) is first
    assert session.blamed("sum", JsonText(b'{"a": 1.0}')) is first
    assert session.blamed("sum", UNDEFINED) is other
    assert session.blamed("sum", JsonText(b"2")) is None
    assert session.blamed("log", _DATA) is None
    session.forget(first)
    assert session.blamed("sum", _DATA) is second


def test_equal_text_goes_before_an_equal_value() -> None:
    session, one, other = Session(), _exchange(1), _exchange(2)
    session.remember("sum", JsonText(b"1.0"), one)
    session.remember("sum", JsonText(b"1"), other)
    assert session.blamed("sum", JsonText(b"1")) is other


def test_who_is_over_is_blamed_for_nothing() -> None:
    session, exchange = Session(), _exchange()
    session.remember("sum", _DATA, exchange)
    session.forget(exchange)
    session.forget(exchange)
    assert session.blamed("sum", _DATA) is None


def test_a_value_that_is_much_longer_is_not_compared() -> None:
    session = Session()
    session.remember("sum", JsonText(b" " * 999 + b"1"), _exchange())
    assert session.blamed("sum", JsonText(b"1")) is None
    session.remember("sum", JsonText(b" " * 199 + b"1"), exchange := _exchange(2))
    assert session.blamed("sum", JsonText(b"1")) is exchange


def test_the_latest_that_are_not_over_are_remembered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_MOST_OPEN", 3)
    session = Session()
    exchanges = [_exchange(number, Kind.EVENT) for number in range(6)]
    for exchange in exchanges:
        session.remember("sum", _DATA, exchange)
    assert list(session.events()) == exchanges[3:]


def test_only_events_are_left_to_an_exception_alone() -> None:
    session, event = Session(), _exchange(1, Kind.EVENT)
    session.remember("sum", _DATA, event)
    session.remember("sum", _DATA, _exchange(2))
    assert list(session.events()) == [event]


def test_a_session_is_found_by_its_name_on_any_connection() -> None:
    sessions, one, other = Sessions(), _connection(1), _connection(2)
    session = sessions.find(one, "s", roams=True)
    assert sessions.find(other, "s", roams=True) is session
    assert sessions.find(_connection(3, port=4000), "s", roams=True) is not session


def test_without_a_name_it_is_that_of_its_connection() -> None:
    sessions, one = Sessions(), _connection(1)
    session = sessions.find(one, "", roams=False)
    assert sessions.find(one, "", roams=False) is session
    assert sessions.find(_connection(2), "", roams=False) is not session
    assert list(sessions.close(_closed(one))) == [session]
    assert list(sessions) != [session]


def test_one_that_polls_goes_on_without_a_connection() -> None:
    sessions, one, other = Sessions(), _connection(1), _connection(2)
    session = sessions.find(one, "s", roams=True)
    assert list(sessions.close(_closed(one, 5))) == []
    assert list(sessions.elapse(LINGERING_NS + 5)) == []
    assert sessions.find(other, "s", roams=True) is session
    assert list(sessions.elapse(LINGERING_NS * 9)) == []
    assert list(sessions.close(_closed(other, 7))) == []
    assert list(sessions.elapse(LINGERING_NS + 8)) == [session]
    assert list(sessions) == []


def test_one_that_was_upgraded_ends_with_its_websocket() -> None:
    sessions, polls, link = Sessions(), _connection(1), _connection(2)
    session = sessions.find(polls, "s", roams=True)
    sessions.find(link, "s", roams=False)
    assert list(sessions.close(_closed(link))) == [session]
    assert list(sessions.close(_closed(polls))) == []


def test_no_more_than_so_many_are_without_a_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "MAX_LINGERING", 1)
    sessions, one, other = Sessions(), _connection(1), _connection(2)
    first = sessions.find(one, "a", roams=True)
    sessions.find(other, "b", roams=True)
    assert list(sessions.close(_closed(one))) == []
    assert list(sessions.close(_closed(other))) == [first]


def test_nor_are_more_that_shared_one_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "MAX_LINGERING", 1)
    sessions, one = Sessions(), _connection(1)
    first, second, _ = (sessions.find(one, name, roams=True) for name in "abc")
    assert list(sessions.close(_closed(one))) == [first, second]


def test_at_the_end_all_are_over() -> None:
    sessions, one = Sessions(), _connection(1)
    session = sessions.find(one, "s", roams=True)
    list(sessions.close(_closed(one)))
    assert list(sessions.drop_all()) == [session]
    assert list(sessions.drop_all()) == []


def test_what_is_missing_puts_its_own_session_in_doubt() -> None:
    sessions, one, other = Sessions(), _connection(1), _connection(2)
    session = sessions.find(one, "a", roams=False)
    beside = sessions.find(other, "b", roams=False)
    assert (sessions.gap(session), sessions.gap(beside)) == (-1, -1)
    sessions.lack(one, 7)
    assert (sessions.gap(session), sessions.gap(beside)) == (7, -1)


def test_it_puts_all_that_poll_in_doubt() -> None:
    sessions = Sessions()
    session = sessions.find(_connection(1), "a", roams=True)
    elsewhere = sessions.find(_connection(2, port=4000), "b", roams=True)
    sessions.lack(_connection(3), 7)
    assert (sessions.gap(session), sessions.gap(elsewhere)) == (7, -1)
