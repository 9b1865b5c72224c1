"""The views of packets and frames, as they stand at two widths.

``tests/golden_views/NAME.COMMAND.WIDTH.txt`` is what the command prints for a capture
of the project. ``pytest --update-golden`` writes them anew, and git diff is the review.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.inspector.captures import OWN, ROOT
from tests.inspector.command import run

if TYPE_CHECKING:
    from pathlib import Path

GOLDEN = ROOT / "tests" / "golden_views"
_COMMANDS = {
    "packets": ["packets"],
    "ladder": ["ladder"],
    "ladder-all": ["ladder", "--all", "--acks"],
    "follow": ["follow"],
    "mermaid": ["ladder", "--mermaid"],
}
_WIDTHS = (80, 120)
_MEGABYTE = 1_000_000

each_capture = pytest.mark.parametrize("capture", OWN, ids=lambda path: path.stem)


@each_capture
@pytest.mark.parametrize("name", _COMMANDS)
@pytest.mark.parametrize("width", _WIDTHS)
def test_the_view_is_as_it_was(
    capture: Path, name: str, width: int, request: pytest.FixtureRequest
) -> None:
    outcome = run(*_COMMANDS[name], capture, width=width)
    assert (outcome.code, outcome.err) == (0, "")
    golden = GOLDEN / f"{capture.stem}.{name}.{width}.txt"
    if request.config.getoption("--update-golden"):
        golden.write_text(outcome.out, encoding="utf-8")

    assert outcome.out == golden.read_text(encoding="utf-8")


def test_no_golden_file_is_left_over_and_all_are_small() -> None:
    wanted = {
        f"{capture.stem}.{name}.{width}.txt"
        for capture in OWN
        for name in _COMMANDS
        for width in _WIDTHS
    }

    assert {path.name for path in GOLDEN.iterdir()} == wanted
    assert sum(path.stat().st_size for path in GOLDEN.iterdir()) < _MEGABYTE
