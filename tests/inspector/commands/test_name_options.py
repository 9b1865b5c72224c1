"""Names are shown in every view, wherever they come from; addresses stay in JSON."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

import pytest

from inspector.commands.name_options import hosts_names
from inspector.errors import InspectorError
from tests.inspector.captures import ROOT, SHOWCASE
from tests.inspector.command import run

if TYPE_CHECKING:
    from pathlib import Path

CASES = ROOT / "tests" / "data" / "cases"
TWO = ROOT / "captures" / "two-services-nest12.pcap"
_NAMED = ("--name", "127.0.0.1=gateway", "--name", ":8888=calc")


def _without_next(shown: str) -> str:
    """Return a view without its commands, which repeat the options."""
    without_last = shown.partition("\nnext ")[0]
    return re.sub(r" see  (?:.*\\\n)*.*\n", "\n", without_last)


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        ("report", "gateway → gateway:9999 calc"),
        ("packets", "client gateway:52436 → server calc"),
        ("follow", "client gateway:52436 → server calc"),
        ("ladder", "calc :8888"),
        ("services", "gateway:52436 ───► calc"),
    ],
)
def test_a_name_is_shown_in_every_view(command: str, shown: str) -> None:
    named, plain = run(command, TWO, *_NAMED).out, run(command, TWO).out
    named = _without_next(named)

    assert shown in named
    assert shown not in plain
    assert "127.0.0.1" not in named


def test_json_has_names_beside_the_addresses() -> None:
    plain = run("exchanges", TWO, "--json").lines
    named = run("exchanges", TWO, "--json", *_NAMED).lines

    assert {line.pop("client_name") for line in named} == {"gateway"}
    assert {line.pop("server_name") for line in named} == {"calc", "gateway"}
    assert named == plain


def test_a_name_can_be_asked_for() -> None:
    asked = ("exchanges", TWO, *_NAMED, "--json", "--fields", "server, server_name")
    lines = run(*asked, "--where", 'server_name == "calc"').lines

    assert lines
    assert all(
        line == {"server": "127.0.0.1:8888", "server_name": "calc"} for line in lines
    )


def test_a_finding_names_the_service() -> None:
    plain = run(SHOWCASE, width=120).out
    named = _without_next(run(SHOWCASE, "--name", ":8900=calc", width=120).out)

    assert "no handler" in plain
    assert "on :8900" in " ".join(plain.split())
    assert "on calc" in " ".join(named.split())
    assert ":8900" not in named


def test_a_finding_names_the_server_of_a_connection_that_did_not_come_about() -> None:
    refused = CASES / "s08_refused.pcap"
    named = run(refused, "--name", "127.0.0.1=gateway").out

    assert "An RST from gateway:42050" in named
    assert "127.0.0.1" not in named


def test_a_finding_names_the_slow_server() -> None:
    named = _without_next(run(CASES / "onepod.pcap.gz", "--name", "10.1.1.3=pod3").out)

    assert "pod3:8888 takes 500 ms for" in " ".join(named.split())
    assert "10.1.1.3" not in named


@pytest.mark.parametrize("command", ["report", "show"])
def test_the_next_command_names_as_this_one_did(command: str, tmp_path: Path) -> None:
    hosts = tmp_path / "my hosts"
    hosts.write_text("127.0.0.1 here\n", encoding="utf-8")
    settings = tmp_path / "protocol-inspect.toml"
    settings.write_text('[names]\n"127.0.0.1" = "there"\n', encoding="utf-8")
    capture = tmp_path / "calls.pcap"
    capture.write_bytes(SHOWCASE.read_bytes())
    number = ["7"] * (command == "show")
    said = ("--name", ":8900=my calc", "--hosts", str(hosts), "--port", "8900")
    last = run(command, capture, *number, *said).out.splitlines()[-1]
    plain = run(command, capture, *number).out.splitlines()[-1]

    words = shlex.split(last.removeprefix("next"))
    ports, names = (
        words[words.index("--port") :][:2],
        words[words.index("--name") :][:4],
    )
    assert ports == ["--port", "8900"]
    assert names == ["--name", ":8900=my calc", "--hosts", str(hosts)]
    assert "--name" not in plain, "what a configuration file says it says again"
    again = run(*words[1:])
    assert (again.code, again.err) == (0, "")
    assert "my calc" in again.out


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("8888", "'8888' is not like 10.0.0.7=gateway"),
        ("=x", "'=x': '' is neither an address nor :PORT"),
        ("port=x", "'port=x': 'port' is neither an address nor :PORT"),
        ("8888=", "'8888=': a name is empty"),
        (":70000=x", "':70000=x': 70000 is not a TCP port"),
    ],
)
def test_a_malformed_name_is_refused(name: str, message: str) -> None:
    outcome = run("ladder", TWO, "--name", name)

    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == f"protocol-inspect: Invalid value for '--name': {message}\n"


def test_a_hosts_file_names_addresses(tmp_path: Path) -> None:
    hosts = tmp_path / "hosts"
    hosts.write_text(
        "# of this machine\n\n127.0.0.1\tgateway alias # front\n"
        "127.0.0.1 second\nfe80::1%lo0 link\n",
        encoding="utf-8",
    )

    assert "client gateway:52436" in run("packets", TWO, "--hosts", hosts).out
    first = run("packets", TWO, "--hosts", hosts, "--name", "127.0.0.1=other").out
    assert "client other:52436" in first


def test_a_name_from_a_file_moves_no_cursor(tmp_path: Path) -> None:
    hosts = tmp_path / "hosts"
    hosts.write_bytes(b"127.0.0.1 gate\x1b[2Jway\xff\n")

    shown = run("packets", TWO, "--hosts", hosts).out
    assert "gate\\u001b[2Jway" in shown
    assert "\x1b" not in shown


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (
            ["127.0.0.1 a", "gateway 10.0.0.7"],
            "line 2: '[gateway]' is neither an address",
        ),
        (["10.0.0.7"], "line 1: a name is empty"),
        (["10.0.0.7 " + "x" * 300], "line 1: a name is longer than 253 characters"),
    ],
)
def test_a_line_that_is_malformed_is_named(lines: list[str], message: str) -> None:
    with pytest.raises(InspectorError, match="--hosts: etc, line") as caught:
        hosts_names(lines, "etc")
    assert message.replace("'[", "'").replace("]'", "'") in str(caught.value)


def test_a_hosts_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    outcome = run("packets", TWO, "--hosts", tmp_path / "none")

    assert (outcome.code, outcome.out) == (2, "")
    assert "none: cannot read: no such file or directory" in outcome.err
