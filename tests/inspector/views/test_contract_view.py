from __future__ import annotations

from typing import Any

from inspector.contracts.document import Contract
from inspector.views.contract_view import print_contract
from protocol import UNDEFINED
from tests.inspector.contracts.gathered import contract
from tests.inspector.views.formats.written import Written


def _shown(*calls: tuple[Any, Any, Any]) -> list[str]:
    written = Written()
    print_contract(written.screen(), contract(calls))
    return written.text.splitlines()


def test_a_pattern_and_the_tree_of_its_payloads() -> None:
    item = {"price": 1.5, "tags": ["a"]}
    lines = _shown(
        ({"cmd": "get"}, {"id": 7}, {"items": [item], "by": {"7": item, "8": item}}),
        ({"cmd": "get"}, UNDEFINED, {"items": []}),
    )

    assert lines == [
        "cmd:get  2 calls, TCP",
        "  data   object  (optional)",
        "         id  integer",
        "  reply  object",
        "         by?    map of object",
        "           price  number",
        "           tags   array of string",
        "         items  array of object",
        "           price  number",
        "           tags   array of string",
    ]


def test_streams_errors_and_what_has_no_payload() -> None:
    lines = _shown(
        ("count", 3, (1, 2)),
        ("fail", 1, ValueError("no")),
        ("void", UNDEFINED, UNDEFINED),
    )

    assert "  reply  stream of integer" in lines
    assert "  error  string" in lines
    assert lines[-2:] == ["void  1 call, TCP", "  no payload was seen"]


def test_nothing_and_what_is_very_deep() -> None:
    written, deep = Written(), 1
    for _ in range(20):
        deep = {"a": deep}  # type: ignore[assignment]
    print_contract(written.screen(), Contract(contract=1, patterns=[]))

    assert written.text == "No request was seen, so no pattern is known.\n"
    assert _shown(("a", deep, 1))[-2].strip() == "…"
    assert "\x1b" not in "".join(_shown(("\x1b[2J", {"\x1b]0;": 1}, 1)))
