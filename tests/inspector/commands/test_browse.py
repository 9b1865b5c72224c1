"""Where the browser cannot be shown, one line says why; nothing else loads it."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from inspector.cli import main
from inspector.commands import browse, browsing
from tests.inspector.captures import SEED
from tests.inspector.command import ROOT, run
from tests.patience import PATIENCE

if TYPE_CHECKING:
    import pytest

    from inspector.commands.run_options import RunOptions


def test_no_terminal_is_one_line() -> None:
    for words in (("browse", str(SEED)), ("proxy", "0", "127.0.0.1:9", "--browse")):
        outcome = run(*words)

        assert outcome.code == 2
        assert outcome.out == ""
        assert "needs a terminal, for its screen and its keys" in outcome.err
        assert outcome.err.count("\n") == 1


def test_a_screen_has_no_format() -> None:
    outcome = run("proxy", "0", "127.0.0.1:9", "--browse", "--json")

    assert outcome.code == 2
    assert "--browse shows a screen" in outcome.err


def test_no_other_command_loads_textual() -> None:
    program = (
        "import sys\n"
        "from inspector.cli import main\n"
        f"main([{str(SEED)!r}]); main(['browse', '--help'])\n"
        f"main(['browse', {str(SEED)!r}])\n"
        "print(*[name for name in sys.modules if name.startswith('textual')])"
    )

    printed = subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        capture_output=True,
        encoding="utf-8",
        cwd=ROOT,
        timeout=PATIENCE,
    ).stdout

    assert printed.splitlines()[-1] == ""


def test_a_key_log_is_taken_and_named_to_next_commands(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[RunOptions] = []
    monkeypatch.setattr(browse, "check_terminal", lambda _: None)
    monkeypatch.setattr(browsing, "browse_captures", asked.append)
    keys = str(ROOT / "captures" / "tls" / "tls13-nest12.keys")

    main(["browse", str(SEED), "--keylog", keys])

    (options,) = asked
    assert options.keylog is not None
    assert options.repeated == ("--keylog", keys)
