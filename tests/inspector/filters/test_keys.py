"""One list says what an exchange is called: lines, words and columns follow it."""

from __future__ import annotations

from inspector.filters.fields import ALL, FIELDS
from inspector.filters.keys import COLUMNS, KEYS, Key
from inspector.filters.passages import OF_PASSAGE
from inspector.filters.projection import compile_fields
from inspector.streams.names import Names
from inspector.views.jsonlines import exchange_line
from protocol import UNDEFINED, JsonText, loads
from tests.inspector.conversation import Wire, inspected


def test_lines_and_words_have_the_keys_in_their_order() -> None:
    wire = Wire()
    wire.connect().ask("sum", "1", [1]).answer("1", 2)
    (exchange,) = inspected(wire.records).exchanges
    names = ["type", *(key.name for key in KEYS)]

    assert list(FIELDS) == names
    of_link = {"parent", "parent_evidence", "possible_parents"}
    missing = {"metadata", "errand_packets", "in_flight", *of_link, *OF_PASSAGE}
    absent = missing | {"client_name", "server_name"}
    assert list(loads(exchange_line(exchange))) == [
        name for name in names if name not in absent
    ]
    exchange.connection.names = Names({":8888": "calc", "10.0.0.1": "gateway"})
    assert list(loads(exchange_line(exchange))) == [
        name for name in names if name not in missing
    ]


def test_the_columns_are_figures_then_payloads_then_what_came_later() -> None:
    assert COLUMNS == [
        "number", "kind", "outcome", "route", "id", "connection", "client", "server",
        "time_ns", "latency_ns", "duration_ns", "packets", "request_bytes",
        "reply_bytes", "data", "response", "err", "carrier",
    ]  # fmt: skip
    assert set(COLUMNS) <= set(ALL)
    assert [column.name for column in compile_fields(", ".join(COLUMNS))] == COLUMNS


def test_a_key_is_read_by_its_path_and_made_a_value() -> None:
    wire = Wire()
    wire.connect().emit("log", 5)
    (exchange,) = inspected(wire.records).exchanges

    assert Key("n", "connection.number").read(exchange) == 1
    assert Key("n", "connection.number", value=str).read(exchange) == "1"
    assert Key("n", "connection.number", spell=str).read(exchange) == 1


def test_every_exchange_names_its_carrier() -> None:
    wire = Wire()
    wire.connect().emit("log", 5)
    (exchange,) = inspected(wire.records).exchanges

    assert loads(exchange_line(exchange))["carrier"] == "tcp"
    assert ALL["carrier"](exchange) == "tcp"


def test_what_is_absent_is_neither_spelt_nor_read() -> None:
    keys = {key.name: key for key in KEYS}
    wire = Wire()
    wire.join().answer("1", JsonText(b"2"))
    (orphan,) = inspected(wire.records).exchanges

    for name in ("pattern", "data"):
        spell = keys[name].spell
        assert keys[name].read(orphan) is UNDEFINED
        assert spell is not None
        assert spell(UNDEFINED) is UNDEFINED
