from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.inspector.captures import SEED
from tests.inspector.command import run
from tests.inspector.without import without

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--payloads"], "--payloads is for --parquet"),
        (
            ["--no-redact"],
            "--no-redact is for --otlp and --parquet, which hide secrets",
        ),
        (
            ["--parquet", "x", "--no-redact", "--redact", "auto"],
            "--no-redact hides nothing; it excludes --redact",
        ),
    ],
)
def test_options_that_make_no_sense_are_usage(
    words: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for command in (["exchanges", str(SEED)], ["live", "-"]):
        outcome = run(*command, *words)

        assert outcome.code == 2
        assert said[:14] in outcome.err
    assert said in run("exchanges", SEED, *words).err
    assert list(tmp_path.iterdir()) == []


def test_without_the_extra_the_line_says_what_installs_it(tmp_path: Path) -> None:
    folder = tmp_path / "calls"
    outcome = without("pyarrow", "exchanges", str(SEED), "--parquet", str(folder))

    assert outcome.returncode == 2
    assert "--parquet: pyarrow is not installed; " in outcome.stderr
    assert outcome.stderr.count("\n") == 1
    assert not folder.exists()
