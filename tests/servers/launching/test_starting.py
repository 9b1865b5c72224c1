from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from servers.launching.command import command
from servers.launching.speech import FAILED, USAGE
from servers.launching.starting import start

if TYPE_CHECKING:
    from pathlib import Path


def _started(*words: str) -> int:
    with command.make_context("protocol-serve", list(words)) as context:
        return start(context.params)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["no_such_module_of_ours"], "no_such_module_of_ours"),
        (["json", "--uds", "a", "--fd", "3"], "protocol-serve:"),
        (["json", "--reload", "--workers", "2"], "--reload is for one worker"),
    ],
)
def test_a_mistake_is_a_line_and_the_code_of_usage(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _started(*words) == USAGE

    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert said in err


def test_a_module_that_raises_has_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "raising_service.py").write_text("1 / 0\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)

    assert _started("raising_service") == FAILED
    assert "ZeroDivisionError" in capsys.readouterr().err
