"""TypeScript: what ``test_generated`` compiles has these types and names."""

from __future__ import annotations

import re

from inspector.contracts.typescript import typescript
from protocol import UNDEFINED
from tests.inspector.contracts.gathered import contract

_HOSTILE = '`${x}`*/\u2028"\\\n</script>\x1b[2J'


def _text(*calls: tuple[object, object, object]) -> str:
    return typescript(contract(calls)).decode()


def test_types_are_as_narrow_as_the_schema() -> None:
    text = _text(
        *[
            ("get", {"id": n, "state": "ab"[n % 2], "by": {"7": 1, "8": 2}}, [n, None])
            for n in range(99)
        ],
        ("get", {"id": 1, "state": "a", "by": {"9": 1}, "a b": {"x": True}}, []),
    )

    assert 'state: "a" | "b";' in text
    assert "by: Record<string, number>;" in text
    assert '"a b"?: GetDataAB;' in text
    assert "export interface GetDataAB {\n  x: boolean;\n}" in text
    assert "export type GetReply = Array<number | null>;" in text
    assert "  /** integer */\n  id: number;" in text


def test_streams_errors_and_absent_values_have_their_types() -> None:
    text = _text(
        ("count", UNDEFINED, (1, 2)),
        ("fail", {}, ValueError({"message": "no"})),
        ("maybe", 1, "x"),
        ("maybe", UNDEFINED, UNDEFINED),
    )

    assert "count(data: unknown): Observable<CountReply>;" in text
    assert "export interface FailError {" in text
    assert "maybe(data: MaybeData | undefined):" in text
    assert "Promise<MaybeReply | undefined>" in text


def test_what_was_sent_is_nothing_but_literals() -> None:
    text = _text((_HOSTILE, {_HOSTILE: 1}, 2))

    assert "\x1b" not in text
    code = [line for line in text.splitlines() if "script" in line]
    assert len(code) == 3
    assert all(r"\"\\\n</script>" in line for line in code)


def test_no_type_in_a_part_has_the_name_of_another_part() -> None:
    text = _text(("x", {"foo": {"data": {"q": 1}}}, 1), ("x data foo", {"w": "s"}, 1))

    names = re.findall(r"export (?:interface|type) (\w+)", text)
    assert len(names) == len(set(names))
    assert "export interface XDataFooData {\n  w: string;" in text
    assert "  data: XDataFooData2;" in text
