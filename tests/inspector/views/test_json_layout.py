"""Lines of JSON that are made when they are asked for, and counted when not."""

from __future__ import annotations

import json
import re
import tracemalloc
from itertools import islice

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.views import json_layout
from inspector.views.json_layout import STRING, Layout, Plain, tokens

_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.sampled_from(["[]", "{"]),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(_json)
def test_the_lines_are_those_of_a_whole_layout_and_the_rest_is_counted(
    value: object,
) -> None:
    compact = json.dumps(value, separators=(",", ":"))
    whole = msgspec.json.format(compact.encode(), indent=2).decode().split("\n")

    for count in range(1, len(whole) + 1):
        layout = Layout(compact)
        assert list(islice(layout.lines(), count)) == whole[:count]
        assert layout.rest() == len(whole) - count
    assert "".join(match[0] for match in tokens(compact)) == compact


@pytest.mark.parametrize("piece", [1, 2, 3, 7])
def test_the_rest_is_counted_in_pieces(
    piece: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_layout, "_PIECE", piece)
    text = json.dumps(
        [["a,[{}]", '\\"', ""], {"{": [""], "": {}}], separators=(",", ":")
    )
    whole = msgspec.json.format(text.encode(), indent=2).count(b"\n")
    layout = Layout(text)
    next(layout.lines())

    assert layout.rest() == whole


def test_a_few_lines_of_a_deep_text_need_no_room_for_all() -> None:
    text = "[" * 100_000 + "]" * 100_000  # laid out as a whole it has 20 GB
    layout = Layout(text)

    assert list(islice(layout.lines(), 2)) == ["[", "  ["]
    assert layout.rest() == 199_997


@given(st.text("ab\n"), st.integers(1, 5))
def test_what_is_no_json_has_the_lines_that_it_has(text: str, count: int) -> None:
    whole = text.split("\n")
    plain = Plain(text)

    assert list(islice(plain.lines(), count)) == whole[:count]
    assert plain.rest() == max(len(whole) - count, 0)


@pytest.mark.parametrize("content", ["x", '\\"', "a\\n"])
def test_a_long_string_takes_no_more_memory_than_it_has(content: str) -> None:
    text = f'"{content * 300_000}"'
    tracemalloc.start()
    try:
        match = re.compile(STRING, re.DOTALL).fullmatch(text)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert match is not None
    assert peak < 10 * len(text)


@given(st.text('a"\\n', max_size=12))
def test_a_string_is_one_as_json_has_it(content: str) -> None:
    text = f'"{content}"'
    simple = re.fullmatch(r'"(?:[^"\\]|\\.)*"', text, re.DOTALL)

    assert bool(re.fullmatch(STRING, text, re.DOTALL)) == bool(simple)
