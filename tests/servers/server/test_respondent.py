"""What the desk asks of a transport is what the protocol says, and no more."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import servers.server
from servers import Limits
from servers.limits import Budget
from servers.server.connection import Connection
from servers.server.desk import Desk
from servers.server.respondent import Respondent
from servers.server.routes import Routes
from servers.writing import Shared
from tests.servers.respondents import Recorder, Standing, as_respondent

if TYPE_CHECKING:
    from servers.server.connection import Owner

_FOLDER = Path(servers.server.__path__[0])
_MODULES = ["calls", "context", "desk", "joining", "streams"]
_MEMBERS = {name for name in vars(Respondent) if not name.startswith("_")}


class _Everybody(Standing):
    """Admit every connection."""

    def admit(self, connection: Connection) -> bool:
        return bool(connection)

    def dismiss(self, connection: Connection) -> None:
        del connection


def _used(module: str) -> set[str]:
    """Return the attributes of respondents that a module uses."""
    tree = ast.parse((_FOLDER / f"{module}.py").read_text(encoding="utf-8"))
    return {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name | ast.Attribute)
        and (node.value.id if isinstance(node.value, ast.Name) else node.value.attr)
        == "respondent"
    }


def test_every_member_is_used_and_nothing_else_is() -> None:
    assert set().union(*map(_used, _MODULES)) == _MEMBERS


async def test_a_connection_and_a_recorder_are_respondents() -> None:
    owner: Owner = _Everybody()
    shared = Shared(Limits(), None, Budget(1))
    connection: Respondent = Connection(owner, Desk(Routes()), shared, 1)
    recorder = as_respondent(Recorder())

    for name in _MEMBERS:
        assert hasattr(connection, name), f"Connection.{name}"
        assert hasattr(recorder, name), f"Recorder.{name}"
