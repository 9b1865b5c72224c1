from __future__ import annotations

import re
from pathlib import Path

import pytest

from inspector.commands.settings import Settings, settings_of
from protocol import UNDEFINED
from protocol.configuration import FILE, ConfigurationError
from servers.calling.addresses import Address, parse_address
from servers.calling.configuration import (
    Configuration,
    KnownCall,
    KnownServer,
    configuration_of,
    read_configuration,
)
from tests.inspector.captures import ROOT

_TEXT = """\
ports = [8888]

[call.servers]
calc = "127.0.0.1:8888"

[call.servers.orders]
address = "orders:8889"
timeout = 5
tls = true
tls_authority = "ca.pem"
tls_name = "orders.example"

[call.aliases]
total = { server = "calc", pattern = { cmd = "sum" }, data = [1, 2] }
[call.aliases.ping]
server = ":3000"
pattern = "ping"
metadata = { at = 2026-01-02 }
timeout = 0.5
"""


def test_servers_and_calls_are_read() -> None:
    found = configuration_of(_TEXT, "folder/x.toml")

    assert found.servers == {
        "calc": KnownServer(Address("127.0.0.1", 8888)),
        "orders": KnownServer(
            Address("orders", 8889),
            5.0,
            {
                "tls": True,
                "tls_authority": "folder/ca.pem",
                "tls_name": "orders.example",
            },
        ),
    }
    assert found.calls == {
        "total": KnownCall("calc", {"cmd": "sum"}, [1, 2], UNDEFINED, None),
        "ping": KnownCall(":3000", "ping", UNDEFINED, {"at": "2026-01-02"}, 0.5),
    }


def test_the_path_of_a_socket_is_that_of_the_folder() -> None:
    text = """
[call]
servers = { a = "unix:./a.sock", b = "unix:/run/b.sock" }
aliases = { c = { server = "unix:run/c.sock", pattern = "c" } }
"""
    found = configuration_of(text, "folder/x.toml")
    folder = Path("folder").absolute()
    assert str(found.servers["a"].address) == f"unix:{folder / 'a.sock'}"
    assert str(found.servers["b"].address) == "unix:/run/b.sock"
    assert found.calls["c"].server == f"unix:{folder / 'run/c.sock'}"
    for known in found.servers.values():
        assert parse_address(str(known.address)) == known.address


def test_the_guide_has_a_file_without_a_mistake() -> None:
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    (text,) = re.findall(r"```toml\n(\[call.*?)```", page, re.DOTALL)

    found = configuration_of(text, "x.toml")
    assert (len(found.servers), len(found.calls)) == (2, 1)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("call = 1", "line 1, call: is a table"),
        ("[call]\nserver = 1", "line 2, call.server: no such setting, did you mean"),
        ("[call.servers]\na = 1", "line 2, call.servers.a: is a table"),
        ('[call.servers]\na = "b"', "line 2, call.servers.a: is host:port, such as"),
        ("[call.servers]\na = {}", "line 2, call.servers.a: has no address"),
        (
            '[call.servers.a]\naddress = "a:1"\ntls_authorty = "x"',
            "line 3, call.servers.a.tls_authorty: no such setting, did you mean tls_au",
        ),
        (
            '[call.servers]\na = {address="a:1", timeout=-1}',
            "line 2, call.servers.a.timeout: is a number of seconds",
        ),
        (
            '[call.servers]\na = {address="a:1", timeout=true}',
            "line 2, call.servers.a.timeout: is a number of seconds",
        ),
        (
            '[call.servers]\na = {address="a:1", tls="yes"}',
            "line 2, call.servers.a.tls: is true or false",
        ),
        (
            '[call.servers]\n"a:1" = "b:2"',
            "line 2, call.servers.a:1: a name is not host:port",
        ),
        ("[call.aliases]\nt = 1", "line 2, call.aliases.t: is a table"),
        (
            '[call.aliases]\nt = {server="a:1"}',
            "line 2, call.aliases.t: has no pattern",
        ),
        (
            '[call.aliases]\nt = {server="calk", pattern=1}',
            (
                "line 2, call.aliases.t.server: 'calk' is not host:port, unix:/path "
                "or a server"
            ),
        ),
        (
            '[call.aliases]\nt = {server="a:1", pattern=nan}',
            "line 2, call.aliases.t.pattern: not JSON",
        ),
        (
            '[call.servers]\nt = "a:1"\n[call.aliases]\nt = {server="t", pattern=1}',
            "line 4, call.aliases.t: is the name of a server already",
        ),
        ("[call", "not TOML"),
    ],
)
def test_a_mistake_is_pointed_at(line: str, said: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        configuration_of(line, "x.toml")

    assert str(refused.value).startswith("x.toml")
    assert said in str(refused.value)


def test_the_other_program_leaves_the_table_alone() -> None:
    assert settings_of(_TEXT, "x.toml") == Settings(ports=frozenset({8888}))


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Return the folder of the user, and the current one."""
    folders = (tmp_path / "user", tmp_path / "current")
    for each in folders:
        each.mkdir()
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folders[0]))
    monkeypatch.chdir(folders[1])
    return folders


def test_the_file_of_the_current_folder_is_right(folders: tuple[Path, Path]) -> None:
    assert read_configuration() == Configuration()
    user, current = folders
    (user / FILE).write_text('[call.servers]\na = "a:1"\nb = "b:1"')
    (current / FILE).write_text(
        '[call.servers]\na = "a:2"\n[call.aliases]\nt = {server="b", pattern="t"}'
    )

    found = read_configuration()
    assert found.servers["a"].address == Address("a", 2)
    assert found.servers["b"].address == Address("b", 1)
    assert found.calls["t"].server == "b"


def test_a_file_that_cannot_be_read_is_told_of(folders: tuple[Path, Path]) -> None:
    (folders[0] / FILE).mkdir()

    with pytest.raises(ConfigurationError, match="cannot read: is a directory"):
        read_configuration()
