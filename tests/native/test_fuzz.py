"""The short form of the fuzzing: so many streams with sanitizers in every test run."""

from __future__ import annotations

import random
import sys
from itertools import repeat
from typing import TYPE_CHECKING

import pytest

from tests.native.building import SANITIZERS, SOURCE, build, run, sanitized
from tests.native.fuzz import compare, damaged, stream

if TYPE_CHECKING:
    from pathlib import Path

_COUNT = 20_000
_FUZZ: list[str | Path] = [sys.executable, "-m", "tests.native.fuzz"]


@pytest.fixture(scope="module")
def extension(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("sanitized"), SANITIZERS)


def test_c_and_python_read_all_streams_alike(extension: Path) -> None:
    counted: list[str | Path] = ["--count", str(_COUNT), "--extension", extension]
    done = run([*_FUZZ, *counted], sanitized())

    assert done.stdout == f"{_COUNT:,} streams are read alike by C and by Python\n"


@pytest.mark.parametrize(
    ("line", "broken", "said"),
    [
        ("first < 0xC2", "first < 0xC0", "in Python"),  # too long a form of ASCII
        ("at[0] != 0xED", "1", "in Python"),  # half of a surrogate pair
        ("end - at < size", "end + 4 - at < size", "heap-buffer-overflow"),
        (
            "seen.end - found->body <",
            "seen.end + 999 - found->body <",
            "heap-buffer-overflow",
        ),
    ],
)
def test_a_mistake_in_c_is_found(
    line: str, broken: str, said: str, tmp_path: Path
) -> None:
    for file in SOURCE.parent.glob("_*.[ch]"):
        text = file.read_text(encoding="utf-8")
        tmp_path.joinpath(file.name).write_text(text.replace(line, broken), "utf-8")
    extension = build(tmp_path, SANITIZERS, tmp_path / SOURCE.name)

    with pytest.raises(AssertionError, match=said):
        run([*_FUZZ, "--extension", extension], sanitized())


def test_the_same_seed_gives_the_same_streams() -> None:
    seen: list[list[bytes]] = [[], []]
    for each in seen:
        assert compare(each.append, 7, repeat(None, 5)) == 5

    assert seen[0] == seen[1]
    assert len(set(seen[0])) == 5


def test_what_is_damaged_keeps_its_head() -> None:
    chance = random.Random(3)  # noqa: S311 — not for secrets

    for _ in range(100):
        data = b"head" + stream(chance)
        assert damaged(chance, data).startswith(b"head")
