from __future__ import annotations

from inspector.columnar.arrays import Rows, table_of
from inspector.columnar.hiding import Hiding
from tests.inspector.columnar.seen import seen
from tests.inspector.conversation import SERVER, Wire, failure

_TOKEN = "Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"  # noqa: S105 — of nobody


def test_what_looks_like_a_secret_is_hidden_and_all_else_is_as_it_was() -> None:
    hiding = Hiding()

    hidden, plain, absent = hiding.texts([f"refused: {_TOKEN}", "no such user", None])

    assert hidden is not None
    assert "eyJ" not in hidden
    assert (plain, absent) == ("no such user", None)


def test_errors_and_routes_of_rows_hide_it() -> None:
    wire = Wire()
    talk = wire.connect().ask("login", "1", {})
    talk.send(SERVER, failure("1", f"wrong {_TOKEN}"))
    talk.ask(_TOKEN, "2", {}).answer("2", 1)
    exchanges = seen(wire.records)

    hidden = str(table_of(exchanges, Rows("x")).to_pylist())
    shown = str(table_of(exchanges, Rows("x", hides=False)).to_pylist())

    assert "eyJ" not in hidden
    assert shown.count("eyJzdWIiOiIxIn0") == 2
