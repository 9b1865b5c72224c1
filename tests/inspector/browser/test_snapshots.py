"""Whole screens, as terminals of three sizes show them.

``tests/golden_screens/NAME.txt`` has those of a capture, one after the other.
``pytest --update-golden`` writes them anew, and git diff is the review.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.inspector.browser.piloted import (
    NASTY,
    ROOT,
    SLOW,
    desk_of,
    driven,
    session_of,
    shown,
)

GOLDEN = ROOT / "tests" / "golden_screens"
_SCREENS: dict[Path, dict[tuple[int, int], str]] = {
    SLOW: {(80, 24): "1234567?", (120, 40): "14", (200, 50): "15"},
    NASTY: {(80, 24): "1256"},
    ROOT / "captures" / "chains" / "chain-nest12.pcap": {(120, 40): "13"},
}
"""Capture → size of the terminal → keys, after each of which the screen is kept."""


async def _screens(capture: Path) -> str:
    session, texts = session_of(Path(capture.name)), list[str]()
    async with shown(session, desk_of(Path(capture.name))) as screen:
        for (width, height), keys in _SCREENS[capture].items():
            await screen.resize(width, height)
            for key in keys:
                text = await screen.press("question_mark" if key == "?" else key)
                assert len(text.split("\n")) == height
                texts.append(f"{text.rstrip()}\n{'═' * width}\n")
            if keys.endswith("?"):
                await screen.press("escape")
    session.stop()
    return "".join(texts)


@pytest.mark.parametrize("capture", _SCREENS, ids=lambda path: path.name)
def test_the_screens_are_as_they_were(
    capture: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(capture.parent)  # commands on the screen name the file
    golden = GOLDEN / f"{capture.name.partition('.')[0]}.txt"

    async def drive() -> None:
        found = await _screens(capture)
        if request.config.getoption("--update-golden"):
            golden.write_text(found, encoding="utf-8")
        assert found == golden.read_text(encoding="utf-8")

    driven(drive)


def test_no_golden_file_is_left_over() -> None:
    names = {f"{capture.name.partition('.')[0]}.txt" for capture in _SCREENS}
    assert {path.name for path in GOLDEN.iterdir()} == names
