"""The pictures of the README show what the command shows (see ``make pictures``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.inspector.captures import ROOT
from tests.inspector.command import run

if TYPE_CHECKING:
    from pathlib import Path

_FOLDER = ROOT / "docs" / "pictures"
_PICTURES = {
    "report": ("captures/showcase-nest12.pcap",),
    "timeline": ("timeline", "captures/showcase-nest12.pcap"),
    "explain": ("explain", '14#{"a":"é😀"}'),
}


@pytest.mark.parametrize("name", _PICTURES)
def test_a_picture_shows_what_the_command_shows(
    name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    monkeypatch.chdir(ROOT)
    drawn, kept = tmp_path / "drawn.svg", _FOLDER / f"{name}.svg"
    outcome = run(*_PICTURES[name], "--svg", drawn, width=90)

    assert (outcome.code, outcome.err) == (0, "")
    if request.config.getoption("--update-golden"):
        kept.write_bytes(drawn.read_bytes())
    assert kept.read_text(encoding="utf-8") == drawn.read_text(encoding="utf-8")


def test_every_picture_is_shown_and_no_other_is_kept() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert {path.stem for path in _FOLDER.iterdir()} == set(_PICTURES)
    for name in _PICTURES:
        assert f"](docs/pictures/{name}.svg)" in readme
