"""What caller and streams ask of a transport is what the protocols say, and no more."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import servers.client
from servers import Backoff, Limits
from servers.client.connection import Connection
from servers.client.links import Link
from servers.client.pool import Pool
from servers.client.wire import Wire, Wires
from servers.limits import Budget
from servers.writing import Shared
from tests.servers.wires import Wire as FakeWire
from tests.servers.wires import Wires as FakeWires
from tests.servers.wires import as_wires

if TYPE_CHECKING:
    from collections.abc import Callable

_FOLDER = Path(servers.client.__path__[0])


def _members(protocol: type) -> set[str]:
    return {name for name in vars(protocol) if not name.startswith("_")}


def _used(name: str) -> set[str]:
    """Return the attributes of what is called ``name`` that the modules use."""
    found = set()
    for module in ("caller", "client", "opening", "streams"):
        tree = ast.parse((_FOLDER / f"{module}.py").read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute):
                value = node.value
                if name == getattr(value, "attr", getattr(value, "id", None)):
                    found.add(node.attr)
    return found


@pytest.mark.parametrize(("name", "protocol"), [("wire", Wire), ("wires", Wires)])
def test_every_member_is_used_and_nothing_else_is(name: str, protocol: type) -> None:
    assert _used(name) == _members(protocol)


async def _dial(_: Callable[[], Connection]) -> None:
    """Connect nothing."""


async def test_a_connection_is_a_wire_and_a_pool_is_wires() -> None:
    shared = Shared(Limits(), None, Budget(1))
    connection: Wire = Connection(shared, lambda *_: None)
    link = Link("a", _dial, shared, Backoff(), lambda _: None)
    pool: Wires = Pool([link], "round_robin", persistent=False)

    for name in _members(Wire):
        assert hasattr(connection, name), f"Connection.{name}"
        assert hasattr(FakeWire(), name), f"FakeWire.{name}"
    for name in _members(Wires):
        assert hasattr(pool, name), f"Pool.{name}"
        assert hasattr(as_wires(FakeWires()), name), f"FakeWires.{name}"
