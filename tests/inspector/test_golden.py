"""Every capture of the project has its golden output; a new one needs no new test.

``tests/golden/NAME.jsonl`` is ``exchanges NAME --json``, and ``NAME.80.txt`` and
``NAME.120.txt`` are a session at that width: the report, the exchanges, the timeline.
``explain.80.txt`` and ``explain.120.txt`` show what ``explain`` says to some frames.
``pytest --update-golden`` writes them anew, and git diff is the review.

A string of more than 1,000 characters stands as its first four characters, its length
and its SHA-256, so that a golden file is short and still proves every byte.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.inspector.captures import OWN, ROOT
from tests.inspector.command import run

if TYPE_CHECKING:
    from pathlib import Path

GOLDEN = ROOT / "tests" / "golden"
_LONGEST = 1_000  # characters of a string in a golden file
_MEGABYTE = 1_000_000
_WIDTHS = (80, 120)

_FRAMES = (
    '14#{"a":"é😀"}',
    '33#{"pattern":"log","data":"求和1111"}',
    '61#{"pattern":{"cmd":"sum"},"data":[1,2,3],"id":"77334d4258340e"}',
    '12#{"id":"abc"}',
    '10#{"a":"é😀"}99#{"cut":"off',
    '{"pattern":"sum"}',
    "8#{a:\x07求e\u0301}",
)
"""What the golden session of ``explain`` is asked; the last is not JSON."""

each_capture = pytest.mark.parametrize("capture", OWN, ids=lambda path: path.stem)


@each_capture
def test_exchanges_as_json(capture: Path, request: pytest.FixtureRequest) -> None:
    outcome = run("exchanges", capture, "--json")

    assert (outcome.code, outcome.err) == (0, "")
    _compare(f"{capture.stem}.jsonl", _shortened(outcome.out), request)


@each_capture
@pytest.mark.parametrize("width", _WIDTHS)
def test_views_for_people(
    capture: Path,
    width: int,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(ROOT)
    session = ""
    for command in ([], ["exchanges"], ["timeline"]):
        outcome = run(*command, capture.relative_to(ROOT), width=width)
        assert (outcome.code, outcome.err) == (0, "")
        typed = " ".join(["protocol-inspect", *command, capture.name])
        session += f"$ {typed}\n{outcome.out}\n"

    _compare(f"{capture.stem}.{width}.txt", session, request)


@pytest.mark.parametrize("width", _WIDTHS)
def test_explanations_for_people(width: int, request: pytest.FixtureRequest) -> None:
    session = ""
    for frame in _FRAMES:
        outcome = run("explain", frame, width=width)
        assert (outcome.code, outcome.err) == (0, "")
        session += f"$ protocol-inspect explain {frame!r}\n{outcome.out}\n"

    _compare(f"explain.{width}.txt", session, request)


def test_no_golden_file_is_left_of_a_capture_that_is_gone() -> None:
    endings = ("jsonl", *(f"{width}.txt" for width in _WIDTHS))
    wanted = {f"{capture.stem}.{ending}" for capture in OWN for ending in endings}
    wanted |= {f"explain.{width}.txt" for width in _WIDTHS}

    assert {path.name for path in GOLDEN.iterdir()} == wanted


def test_the_golden_files_are_small() -> None:
    assert sum(path.stat().st_size for path in GOLDEN.iterdir()) < _MEGABYTE


def _compare(name: str, output: str, request: pytest.FixtureRequest) -> None:
    golden = GOLDEN / name
    if request.config.getoption("--update-golden"):
        golden.write_text(output, encoding="utf-8")
    assert output == golden.read_text(encoding="utf-8")


def _shortened(lines: str) -> str:
    return "".join(
        line if len(line) <= _LONGEST else f"{_dumps(_shorten(json.loads(line)))}\n"
        for line in lines.splitlines(keepends=True)
    )


def _dumps(value: Any) -> str:  # noqa: ANN401 — any JSON value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _shorten(value: Any) -> Any:  # noqa: ANN401 — any JSON value
    if isinstance(value, dict):
        return {key: _shorten(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_shorten(each) for each in value]
    if isinstance(value, str) and len(value) > _LONGEST:
        digest = hashlib.sha256(value.encode()).hexdigest()
        return f"{value[:4]}… {len(value)} characters, SHA-256 {digest}"
    return value
