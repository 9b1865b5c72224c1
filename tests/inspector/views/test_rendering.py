from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from inspector.streams.packets import DataPacket
from inspector.views.rendering import (
    align_decimals,
    carrier_title,
    cell_text,
    cut_middle,
    fit,
    milliseconds,
    packet_numbers,
    pattern_text,
    route_over,
    safe,
    safe_lines,
    seconds,
    value_text,
)
from protocol import UNDEFINED, Json, JsonText, UndefinedType, dumps
from tests.inspector.brokered import install


def _packets(*numbers: int, shared: tuple[int, ...] = ()) -> list[DataPacket]:
    return [
        DataPacket(number, 0, 0, 1, frames=1 + (number in shared)) for number in numbers
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (b"[1, 2 ,3]", "[1,2,3]"),
        ('{"a" : "é😀 求和"}'.encode(), '{"a":"é😀 求和"}'),
        (b"null", "null"),
        (b'""', '""'),
        (b"1.50", "1.5"),
        (dumps("x" * 200), '"' + "x" * 200 + '"'),
        (dumps("x" * 201), '"xxxx…" (201)'),
        (dumps("求" * 102_400), '"求求求求…" (102,400)'),
        (UNDEFINED, ""),
    ],
)
def test_a_value_is_compact_json(value: bytes | UndefinedType, text: str) -> None:
    payload = UNDEFINED if value is UNDEFINED else JsonText(value)
    assert value_text(payload) == text


def test_a_large_payload_is_not_read_for_one_line() -> None:
    payload = JsonText(dumps(list(range(100_000))))

    assert value_text(payload).startswith("[0,1,2,3,")
    assert value_text(payload).endswith("…")
    assert len(value_text(payload)) < 5_000


@given(st.recursive(st.none() | st.integers() | st.text(), st.lists))
def test_a_small_value_can_be_read_back(value: object) -> None:
    text = value_text(JsonText(dumps(value)))

    assert "\n" not in text
    if "…" not in text and "\\u" not in text:
        assert json.loads(text) == value


@given(st.text(alphabet="aé求😀 ", max_size=30), st.integers(1, 40))
def test_a_text_is_fitted_by_cells(text: str, width: int) -> None:
    fitted = fit(text, width)

    assert cell_len(fitted) == width
    if cell_len(text) > width:
        assert fitted.endswith("…")
    else:
        assert fitted.rstrip(" ") == text.rstrip(" ")


def test_an_ellipsis_is_not_doubled() -> None:
    assert fit('"求求求求…" (102,400)', 11) == '"求求求求… '
    assert fit('"求求求求…" (102,400)', 12) == '"求求求求…"…'


@pytest.mark.parametrize(
    ("numbers", "shared", "text"),
    [
        ((12, 14), (), "12 14"),
        ((12,), (12,), "12*"),
        ((16, 17, 19), (19,), "16 17 19*"),
        ((16, 17, 18, 19), (), "16–19"),
        ((4, 17, 19, 32), (), "4…32"),
        ((16, 17, 18, 19), (17,), "16–19*"),
        ((14, 12), (), "12 14"),
        ((), (), ""),
    ],
)
def test_packets_stand_as_numbers_or_as_a_range(
    numbers: tuple[int, ...], shared: tuple[int, ...], text: str
) -> None:
    assert packet_numbers(_packets(*numbers, shared=shared)) == text


@pytest.mark.parametrize(
    ("time_ns", "text"),
    [
        (None, "–"),
        (8_641_000, "8.64"),
        (803_000, "0.803"),
        (41_740_000, "41.7"),
        (412_345_678, "412"),
        (0, "0.00"),
    ],
)
def test_a_column_of_durations_is_in_milliseconds(
    time_ns: int | None, text: str
) -> None:
    assert milliseconds(time_ns) == text


@pytest.mark.parametrize(
    ("time_ns", "text"),
    [
        (0, "0.000000"),
        (2_737_999, "0.002737"),
        (61_000_000_001, "61.000000"),
        (-1_500_000, "-0.001500"),
    ],
)
def test_times_have_six_decimals_as_in_wireshark(time_ns: int, text: str) -> None:
    assert seconds(time_ns) == text


def test_figures_are_aligned_at_their_decimal_point() -> None:
    aligned = align_decimals(["8.64", "12.0", "0.803", "412", "–"])

    assert aligned == ["8.64 ", "12.0  ", "0.803", "412    ", "–"]
    width = max(map(len, aligned))
    points = {each.rjust(width).index(".") for each in aligned if "." in each}
    assert len(points) == 1


def test_a_pattern_is_shown_as_its_route() -> None:
    assert pattern_text("sum", "sum") == "sum"
    assert pattern_text({"cmd": "a"}, '{"cmd":"a"}') == "cmd:a"
    assert pattern_text(UNDEFINED, None) == "–"
    assert pattern_text(UNDEFINED, "undefined") == "undefined"
    assert pattern_text("a\nb", "a\nb") == '"a\\nb"'


def test_a_carrier_has_its_title_and_one_that_is_not_installed_its_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    install(monkeypatch)

    assert [carrier_title(name) for name in ("tcp", "hare", "nats")] == [
        "TCP",
        "HareMQ",
        "NATS",
    ]
    assert route_over("sum", "hare", several=True) == "sum over HareMQ"
    assert route_over("sum", "hare", several=False) == "sum"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (UNDEFINED, ""),
        ("a,b", "a,b"),
        ("\ud800", "?"),
        (None, "null"),
        ([1, "é"], '[1,"é"]'),
        (True, "true"),
    ],
)
def test_a_cell_has_a_string_as_it_is_and_all_else_as_json(
    value: Json, text: str
) -> None:
    assert cell_text(value) == text


def test_views_write_what_the_protocol_has_made_harmless() -> None:
    assert safe("a\x1b[31m") == "a\\u001b[31m"
    assert safe_lines(b"a\x1b\n") == b"a\\u001b\n"


@pytest.mark.parametrize("width", [1, 2, 5, 16, 60])
@pytest.mark.parametrize("text", ["", "cmd:orders.items.create", "求和" * 20])
def test_a_name_is_cut_in_its_middle_to_some_cells(text: str, width: int) -> None:
    assert cell_len(cut_middle(text, width)) == width


def test_the_end_of_a_name_stands() -> None:
    assert cut_middle("cmd:orders.items.create", 16) == "cmd:orders.…eate"
