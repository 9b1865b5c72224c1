from __future__ import annotations

from io import StringIO

import pytest
from rich.cells import cell_len
from rich.console import Console

from inspector.explain.explanation import explain
from inspector.views.console import THEME
from inspector.views.explain_view import explanation_lines, print_explanations


def _lines(frame: str | bytes, width: int = 80) -> list[str]:
    raw = frame if isinstance(frame, bytes) else frame.encode()
    (explanation,) = explain(raw)
    return [line.plain.rstrip() for line in explanation_lines(explanation, width)]


def _styles(frame: str, words: str) -> set[str]:
    (explanation,) = explain(frame.encode())
    for line in explanation_lines(explanation, 80):
        start = line.plain.find(words)
        if start >= 0:
            return {
                str(span.style)
                for span in line.spans
                if span.start <= start and start + len(words) <= span.end and span.style
            }
    raise AssertionError(words)


def test_a_frame_that_counts_bytes_is_explained_on_one_screen() -> None:
    assert (
        "\n".join(_lines('14#{"a":"é😀"}'))
        == """\
14#{"a":"é😀"}

✗ The length counts UTF-8 bytes. Nest counts UTF-16 units, and waits for 3 more.

body        {  "  a  "  :  "  é 😀  "  }   sum
units       1  1  1  1  1  1  1  2  1  1    11  Nest counts these
bytes       1  1  1  1  1  1  2  4  1  1    14  the length that was sent

What follows  Nest                what it does
nothing       ≤ 11.2.4, ≤ 12.0.2  waits forever
              ≥ 11.2.5, ≥ 12.0.3  waits 30 s, then destroys the connection
a frame       every version       takes 3 units of it: invalid JSON, FIN

fix      11#{"a":"é😀"}
         in Python   len(text.encode('utf-16-le')) // 2
then     an object without pattern, data and id: an unhandled event, \
no reply"""
    )


def test_a_good_frame_says_its_kind_route_id_and_data() -> None:
    frame = '60#{"pattern":{"cmd":"sum"},"data":[1, 2],"id":"77334d4258340"}'

    assert _lines(frame) == [
        frame,
        "",
        "✓ Nest reads 60 units, the whole body.",
        "",
        "kind     request",
        'route    {"cmd":"sum"}',
        'id       "77334d4258340"',
        "data     [1,2]",
        "length   60 units, 60 bytes, 60 code points",
        "",
        "Nest           what it does",
        "every version  runs the handler and replies, or says that there is none",
    ]


@pytest.mark.parametrize(
    ("frame", "lines"),
    [
        ('15#{"pattern":"a"}', ["kind     event, no reply ever", "data     none"]),
        (
            '26#{"response":null,"id":"1"}',
            ["value    null", "end      no, more is expected"],
        ),
        (
            '31#{"err":"x","x":[1, 2],"id":"1"}',
            ['err      "x"', "end      yes", "extra    x: [1,2]"],
        ),
        ('28#{"pattern":"a","metadata":1}', ["meta     1"]),
    ],
)
def test_a_packet_is_told_name_by_name(frame: str, lines: list[str]) -> None:
    assert [line for line in _lines(frame) if line in lines] == lines


def test_what_the_right_length_would_say_stands_behind_the_fix() -> None:
    lines = _lines('20#{"pattern":"a"}')

    assert lines[-4:] == [
        'fix      15#{"pattern":"a"}',
        "then     kind     event, no reply ever",
        "         route    a",
        "         data     none",
    ]
    assert "length   20 sent, 15 units, 15 bytes, 15 code points" in lines


@pytest.mark.parametrize(
    ("frame", "advice"),
    [
        (
            '20#{"a":',
            "fix      wait for the rest before you read it: TCP cuts where it likes",
        ),
        (
            "14#{a:é😀}",
            "fix      put it in single quotes: the shell has taken the double ones",
        ),
        ("abc", "fix      the length in UTF-16 units, then #, then JSON text"),
    ],
)
def test_advice_stands_in_place_of_a_frame_that_cannot_be_mended(
    frame: str, advice: str
) -> None:
    assert _lines(frame)[-1] == advice


def test_invalid_bytes_are_told_and_shown_as_escapes() -> None:
    lines = _lines(b'8#{"a":"\xff"}')

    assert lines[0] == '8#{"a":"\\xff"}'
    assert lines[3] == "  Not UTF-8 in 1 part: Nest reads U+FFFD there."


def test_what_differs_has_a_colour() -> None:
    frame = '14#{"a":"é😀"}'

    assert _styles(frame, "14") == {"error"}
    assert _styles(frame, "✗ ") == {"error"}
    assert _styles(frame, "The length counts") == {"answer"}
    assert _styles(frame, "Nest counts these") == {"good"}
    assert _styles(frame, "the length that was sent") == {"error"}
    assert _styles(frame, "invalid JSON, FIN") == {"error"}
    assert _styles("2#{}", "2") == {"good"}
    assert _styles("2#{}", "✓ ") == {"good"}


@pytest.mark.parametrize("width", [40, 60, 80, 120])
@pytest.mark.parametrize(
    "frame",
    [
        "9#" + '"' + "x" * 5000 + '"',
        "9#" + '"' + "求😀" * 3000 + '"',
        '9#{"pattern":"' + "求" * 90 + '","data":"' + "y" * 90 + '","id":"z"}',
        '14#{"a":"é😀"}',
        "x" * 500,
    ],
    ids=["ascii", "wide", "packet", "short", "header"],
)
def test_values_are_cut_to_the_width(frame: str, width: int) -> None:
    lines = _lines(frame, width)
    values = [
        line
        for line in lines
        if line.startswith((frame[:9], "fix      9", "         route", "         data"))
    ]

    assert values
    assert all(cell_len(line) <= width for line in values)
    assert any(line.endswith("…") for line in values) or len(frame) < width


def test_several_frames_are_numbered() -> None:
    file = StringIO()
    console = Console(file=file, theme=THEME, width=80, highlight=False)
    print_explanations(console, list(explain(b"5#{}2#{}")))
    lines = file.getvalue().splitlines()

    assert lines[0] == "Frame 1 of 2"
    assert lines[lines.index("Frame 2 of 2") - 1] == ""
    assert "  But not here: what precedes it makes Nest drop it." in lines
