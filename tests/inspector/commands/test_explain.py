from __future__ import annotations

import pytest

from tests.inspector.command import run, spawn

_FRAME = '14#{"a":"é😀"}'


def test_a_frame_is_explained_for_people_and_for_programs() -> None:
    shown = run("explain", _FRAME)
    (line,) = run("explain", _FRAME, "--json").lines

    assert shown.code == 0
    assert shown.out.splitlines()[2].startswith("✗ The length counts UTF-8 bytes.")
    assert line["verdict"] == "bytes"
    assert line["message"] in shown.out
    assert (line["length"], line["units"], line["bytes"], line["code_points"]) == (
        14, 11, 14, 10,
    )  # fmt: skip
    assert line["fix"] == '11#{"a":"é😀"}'


@pytest.mark.parametrize("options", [[], ["--json"]], ids=["text", "json"])
def test_stdin_and_hexadecimal_digits_are_the_same_frame(options: list[str]) -> None:
    said = run("explain", _FRAME, *options)
    digits = _FRAME.encode().hex()
    apart = " ".join(f"0x{digits[i : i + 2]}" for i in range(0, len(digits), 2))
    colons = ":".join(digits[i : i + 2] for i in range(0, len(digits), 2))

    assert said.code == 0
    for form in (digits, digits.upper(), apart, colons):
        assert run("explain", "--hex", form, *options) == said
    for stdin, more in ((_FRAME.encode() + b"\n", []), (apart.encode(), ["--hex"])):
        piped = spawn("explain", "-", *more, *options, stdin=stdin)
        assert (piped.returncode, piped.stderr) == (0, b"")
        assert piped.stdout.decode() == said.out


def test_bytes_that_are_no_text_come_through_stdin_and_arguments() -> None:
    frame = b'8#{"a":"\xff"}'
    piped = spawn("explain", "-", stdin=frame)
    named = spawn("explain", frame.decode("utf-8", "surrogateescape"))

    assert piped.stdout == named.stdout
    assert b"Not UTF-8 in 1 part" in piped.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["explain", ""], 'explain: no frame; one looks like 7#{"a":1}'),
        (["explain", " \n"], 'explain: no frame; one looks like 7#{"a":1}'),
        (["explain", "--hex", "3x"], "--hex: 'x' is not a hexadecimal digit"),
        (["explain", "--hex", "é"], "--hex: '\ufffd' is not a hexadecimal digit"),
        (["explain", "--hex", "353"], "--hex: an odd number of digits"),
        (["explain"], "Missing argument 'TEXT'"),
        (["explain", "a", "b"], "Got unexpected extra argument (b)"),
    ],
)
def test_wrong_usage_is_one_line_and_code_2(arguments: list[str], said: str) -> None:
    outcome = run(*arguments)

    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == f"protocol-inspect: {said}\n"


@pytest.mark.parametrize("frame", ["x", "14", "0#", "9#{", _FRAME, "2#{}"])
def test_a_frame_is_explained_with_code_0_whether_right_or_wrong(frame: str) -> None:
    outcome = run("explain", "--", frame)

    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.splitlines()[2].startswith(("✓", "✗"))


def test_a_capture_by_mistake_is_told() -> None:
    outcome = spawn("explain", "-", stdin=bytes(2**20 + 1))

    assert outcome.returncode == 2
    assert outcome.stderr == (
        b"protocol-inspect: explain: more than 1 MiB; a capture is read by "
        b"protocol-inspect FILE\n"
    )


def test_the_first_thousand_frames_are_explained() -> None:
    outcome = run("explain", "2#{}" * 1001, "--json")

    assert outcome.code == 0
    assert [line["number"] for line in outcome.lines] == list(range(1, 1001))
    assert outcome.err == (
        "protocol-inspect: explain: only the first 1,000 frames are explained\n"
    )
    assert run("explain", "2#{}" * 1000, "--json").err == ""


def test_the_lines_of_frames_tell_what_each_version_does() -> None:
    first, second = run("explain", '5#{}12#{"id":"abc"}', "--json").lines

    assert [first["lost"], second["lost"]] == [False, True]
    assert (first["kind"], second["kind"]) == (None, "response")
    assert second["packet"] == {"id": "abc"}
    assert second["effects"] == [
        {
            "follows": None,
            "versions": "≤ 12.0.1",
            "measured": ["10.4.22", "11.2.6"],
            "nest": "takes the whole packet for the value, and ends the call",
        },
        {
            "follows": None,
            "versions": "≥ 12.0.2",
            "measured": ["12.1.1"],
            "nest": "gives undefined, and waits for more",
        },
    ]


def test_a_terminal_that_speaks_ascii_gets_stand_ins() -> None:
    outcome = spawn("explain", "5#{}", environment={"PYTHONIOENCODING": "ascii"})

    assert (outcome.returncode, outcome.stderr) == (0, b"")
    assert b"x The length is too large" in outcome.stdout
    assert b"<= 11.2.4, <= 12.0.2" in outcome.stdout
    assert b">= 11.2.5, >= 12.0.3" in outcome.stdout
