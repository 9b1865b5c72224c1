from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from inspector.commands.fleet_output import check_files
from inspector.errors import UnwritableOutputError
from inspector.fleet.merging import combined
from inspector.fleet.saving import save
from tests.inspector.captures import SEED
from tests.inspector.command import run
from tests.inspector.fleet.test_overview import REPORT

if TYPE_CHECKING:
    from pathlib import Path

_GIVEN = {"html": None, "save": None}


@pytest.mark.parametrize("option", ["html", "save", "svg", "png"])
def test_files_are_tried_before_anything_is_read(option: str, tmp_path: Path) -> None:
    check_files(dict(_GIVEN))
    check_files({**_GIVEN, option: str(tmp_path / "a")})

    assert list(tmp_path.iterdir()) == []
    with pytest.raises(UnwritableOutputError, match=f"--{option}: {tmp_path}"):
        check_files({**_GIVEN, option: str(tmp_path)})


def test_nothing_that_is_read_is_written_over(tmp_path: Path) -> None:
    capture, sources = tmp_path / "group-1.pcap", tmp_path / "a.toml"
    capture.write_bytes(SEED.read_bytes())
    sources.write_text(
        '[[source]]\nname = "a"\nfiles = "group-1.pcap"\n', encoding="utf-8"
    )
    for given, file in ((sources, sources), (f"file://{capture}", capture)):
        for option in ("--save", "--html", "--svg"):
            refused = run("fleet", given, "--workers", "1", option, file)
            assert (refused.code, refused.err.count("\n")) == (2, 1), refused.err
            assert str(file) in refused.err
    kept = run("fleet", tmp_path, "--workers", "1", "--checkpoint", tmp_path)

    assert kept.code == 0
    assert capture.read_bytes() == SEED.read_bytes()
    assert run("fleet", sources, "--checkpoint", "").err == (
        "protocol-inspect: --checkpoint '': names no folder\n"
    )


def test_a_report_is_written_as_it_is_asked_for(tmp_path: Path) -> None:
    save(str(tmp_path / "a"), combined(REPORT))
    shown = run("merge", tmp_path / "a")
    written = run("merge", tmp_path / "a", "--json", "--save", tmp_path / "b")

    assert shown.out.splitlines()[0] == "2 sources   0 packets captured"
    assert written.lines[-1]["type"] == "fleet"
    assert (tmp_path / "b").read_bytes() == (tmp_path / "a").read_bytes()
    assert shown.err == written.err == ""


def test_a_picture_shows_what_the_terminal_does(tmp_path: Path) -> None:
    save(str(tmp_path / "a"), combined(REPORT))
    files = ["--svg", str(tmp_path / "a.svg"), "--png", str(tmp_path / "a.png")]
    shown = run("merge", tmp_path / "a", *files)

    assert (shown.code, shown.err) == (0, "")
    drawn = (tmp_path / "a.svg").read_text()
    assert "protocol-inspect fleet" in drawn
    assert "8 calls and 4 events" in drawn
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    for words, said in (
        (["--svg", str(tmp_path / "a.png")], "--svg writes SVG"),
        (["--json", "--svg", str(tmp_path / "b.svg")], "which --json is not"),
        (
            ["--save", str(tmp_path / "x"), "--svg", str(tmp_path / "x")],
            "the same file",
        ),
        (["--svg", str(tmp_path / "a")], "--svg"),
    ):
        refused = run("merge", tmp_path / "a", *words)
        assert (refused.code, refused.err.count("\n")) == (2, 1)
        assert said in refused.err


def test_secrets_are_in_no_output_unless_they_are_asked_for(tmp_path: Path) -> None:
    (view, *_) = REPORT.views
    rows = [replace(view.rows[0], route="login?token=SECRET")]
    save(str(tmp_path / "a"), replace(REPORT, views=[replace(view, rows=rows)]))
    files = ["--html", str(tmp_path / "page"), "--save", str(tmp_path / "b")]
    shown = run("merge", tmp_path / "a", "--json", *files)
    bare = run("merge", tmp_path / "a", "--json", "--no-redact")

    for name in ("page", "b"):
        assert "SECRET" not in (tmp_path / name).read_text()
    assert "SECRET" not in shown.out
    assert "SECRET" in bare.out
