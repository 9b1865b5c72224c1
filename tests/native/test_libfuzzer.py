"""What ``make fuzz-c`` begins with; clang, which it needs, is not on every machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.native.both import HEAD, check
from tests.native.building import ROOT, headers, run
from tests.native.libfuzzer import seed

if TYPE_CHECKING:
    from pathlib import Path

_HARNESS = ROOT / "tests" / "native" / "libfuzzer.c"


def test_the_harness_compiles_without_a_warning(tmp_path: Path) -> None:
    strict = ["-std=c11", "-Wall", "-Wextra", "-Werror", *headers()]

    run(["gcc", *strict, "-c", _HARNESS, "-o", tmp_path / "libfuzzer.o"])


def test_the_corpus_begins_with_streams_that_are_read_alike(tmp_path: Path) -> None:
    seed(tmp_path / "corpus")
    streams = [file.read_bytes() for file in (tmp_path / "corpus").iterdir()]

    assert len(streams) == 200
    assert sum(len(each) > HEAD + 100 for each in streams) > 100
    for each in streams:
        check(each)
