"""``--svg`` and ``--png``: what is asked for is written, or one line says why not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from inspector.commands.pictures import Picture
from inspector.errors import UnwritableOutputError
from tests.inspector.captures import SEED
from tests.inspector.command import run
from tests.inspector.without import without

if TYPE_CHECKING:
    from pathlib import Path


def test_both_kinds_of_a_picture_are_written_at_once(tmp_path: Path) -> None:
    svg, png = tmp_path / "view.svg", tmp_path / "view.PNG"
    outcome = run("services", SEED, "--svg", svg, "--png", png)

    assert outcome == run("services", SEED)
    assert svg.read_text(encoding="utf-8").startswith("<svg ")
    assert png.read_bytes().startswith(b"\x89PNG")


def test_what_this_machine_can_use_has_a_picture(tmp_path: Path) -> None:
    svg = tmp_path / "view.svg"

    assert run("doctor", "--svg", svg).code in {0, 1}
    assert ">Extras</text>" in svg.read_text(encoding="utf-8")
    outcome = run("doctor", "--json", "--svg", svg)
    assert (outcome.code, outcome.out) == (2, "")
    assert "--svg draws a view, which --json is not" in outcome.err


@pytest.mark.parametrize(
    ("option", "name", "title"),
    [
        ("--svg", "view.PNG", "SVG"),
        ("--png", "view.svg", "PNG"),
        ("--png", "a.jpg", "PNG"),
    ],
)
def test_a_picture_that_is_named_otherwise_is_refused_before_any_work(
    option: str, name: str, title: str
) -> None:
    outcome = run("packets", SEED, option, name)

    assert (outcome.code, outcome.out) == (2, "")
    assert f"{option} writes {title}, and {name} is named otherwise" in outcome.err


def test_a_picture_in_pixels_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    picture = tmp_path / "nowhere" / "view.png"
    outcome = run(SEED, "--png", picture)

    assert (outcome.code, outcome.out) == (5, ""), "nothing is read before"
    assert outcome.err == (
        f"protocol-inspect: --png: {picture}: cannot write: no such file or directory\n"
    )


def test_a_picture_is_not_written_over_the_capture(tmp_path: Path) -> None:
    capture = tmp_path / "calls"
    capture.write_bytes(SEED.read_bytes())
    outcome = run(capture, "--svg", capture)

    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.endswith(f"--svg: {capture} is the capture itself\n")
    assert capture.read_bytes() == SEED.read_bytes()


def test_a_view_that_is_too_long_for_pixels_is_one_line(tmp_path: Path) -> None:
    picture = Picture("png", str(tmp_path / "view.png"))
    with pytest.raises(UnwritableOutputError) as raised:
        picture.write('<svg viewBox="0 0 1000 90000"></svg>')

    assert str(raised.value) == (
        "--png: the view is too long for a picture in pixels; show less"
    )
    assert not (tmp_path / "view.png").exists()


def test_without_the_extra_it_says_what_to_install(tmp_path: Path) -> None:
    outcome = without("resvg_py", str(SEED), "--png", str(tmp_path / "view.png"))

    assert (outcome.returncode, outcome.stdout) == (2, "")
    assert outcome.stderr.count("\n") == 1
    assert "--png: resvg-py is not installed; " in outcome.stderr
    assert "install resvg-py" in outcome.stderr
