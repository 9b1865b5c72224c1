"""The views of captures over NATS, as they stand at two widths.

``tests/golden_nats/NAME.COMMAND.WIDTH.txt`` is what the command prints for a capture in
``captures/nats``. ``pytest --update-golden`` writes them anew, and git diff is the
review.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.inspector.captures import ROOT
from tests.inspector.command import run
from tests.inspector.nats_evidence import FOLDER

if TYPE_CHECKING:
    from pathlib import Path

GOLDEN = ROOT / "tests" / "golden_nats"
_CAPTURES = [
    FOLDER / f"nats-{name}.pcap"
    for name in ("nest12", "queue-nest12", "three-servers-nest12", "restart-nest11")
]
_COMMANDS = {
    "report": ["report"],
    "exchanges": ["exchanges"],
    "timeline": ["timeline"],
    "packets": ["packets"],
    "ladder": ["ladder"],
    "ladder-errands": ["ladder", "--errands"],
    "show": ["show"],
    "follow": ["follow"],
}
_SHOWN = {"show": ["1"], "follow": ["#1"]}
"""What else these are given: which call, and which call over all connections."""
_WIDTHS = (80, 120)
_MEGABYTE = 1_000_000


def _name(capture: Path) -> str:
    return capture.stem.removeprefix("nats-")


@pytest.mark.parametrize("capture", _CAPTURES, ids=_name)
@pytest.mark.parametrize("name", _COMMANDS)
@pytest.mark.parametrize("width", _WIDTHS)
def test_the_view_is_as_it_was(
    capture: Path,
    name: str,
    width: int,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(ROOT)
    words = [*_COMMANDS[name], str(capture.relative_to(ROOT)), *_SHOWN.get(name, [])]
    outcome = run(*words, width=width)
    assert (outcome.code, outcome.err) == (0, "")
    golden = GOLDEN / f"{_name(capture)}.{name}.{width}.txt"
    if request.config.getoption("--update-golden"):
        golden.write_text(outcome.out, encoding="utf-8")

    assert outcome.out == golden.read_text(encoding="utf-8")


def test_no_golden_file_is_left_over_and_all_are_small() -> None:
    wanted = {
        f"{_name(capture)}.{name}.{width}.txt"
        for capture in _CAPTURES
        for name in _COMMANDS
        for width in _WIDTHS
    }

    assert {path.name for path in GOLDEN.iterdir()} == wanted
    assert sum(path.stat().st_size for path in GOLDEN.iterdir()) < _MEGABYTE
