from __future__ import annotations

from io import StringIO

import pytest

from inspector.views.console import THEME, RoleConsole
from inspector.views.roles import ROLES


class _Closed(StringIO):
    """A pipe of which nobody reads any more."""

    def flush(self) -> None:
        raise BrokenPipeError


def test_it_knows_the_roles() -> None:
    file = StringIO()
    RoleConsole(file, terminal=True).print("[x]:smile:", style="error")

    assert ROLES.items() <= {(name, str(each)) for name, each in THEME.styles.items()}
    assert "[x]:smile:" in file.getvalue()


def test_a_closed_pipe_is_left_to_the_command() -> None:
    with pytest.raises(BrokenPipeError):
        RoleConsole(_Closed()).print("a")
