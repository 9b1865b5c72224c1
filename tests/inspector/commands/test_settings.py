"""What holds for all runs on a capture: where it is read, and what is malformed."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from inspector.commands.settings import Settings, read_settings, settings_of
from inspector.errors import InspectorError
from inspector.streams.endpoints import Endpoint
from protocol.configuration import FILE
from tests.inspector.captures import ROOT
from tests.inspector.command import run

if TYPE_CHECKING:
    from pathlib import Path

TWO = ROOT / "captures" / "two-services-nest12.pcap"


@pytest.fixture
def capture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a capture in a folder of its own, and of nobody's settings."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    (tmp_path / "config").mkdir()
    folder = tmp_path / "captures"
    folder.mkdir()
    shutil.copy(TWO, folder / "two.pcap")
    return folder / "two.pcap"


def _write(folder: Path, text: str) -> None:
    (folder / FILE).write_text(text, encoding="utf-8")


def test_names_are_read_beside_the_capture_and_in_the_folder_of_the_user(
    capture: Path, tmp_path: Path
) -> None:
    _write(tmp_path / "config", '[names]\n":8888" = "user"\n"127.0.0.1" = "gateway"')
    assert "client gateway:52436 → server user" in run("packets", capture).out

    _write(capture.parent, '[names]\n":8888" = "calc"')
    assert "client gateway:52436 → server calc" in run("packets", capture).out

    own = run("packets", capture, "--name", ":8888=own").out
    assert "client gateway:52436 → server own" in own


def test_nothing_is_read_where_that_is_not_wanted(capture: Path) -> None:
    plain = run("packets", capture).out
    _write(capture.parent, '[names]\n":8888" = "calc"')

    assert run("packets", capture, "--no-config").out == plain
    assert run("packets", capture).out != plain


def test_what_is_hidden_is_hidden_besides(capture: Path) -> None:
    _write(capture.parent, 'redact = ["data"]')

    configured = run("exchanges", capture, "--json").lines
    both = run("exchanges", capture, "--json", "--redact", "response").lines
    given = ("--no-config", "--redact", "data", "--redact", "response")
    assert both == run("exchanges", capture, "--json", *given).lines
    assert configured != both


def test_ports_are_those_of_both(capture: Path) -> None:
    _write(capture.parent, "ports = [3000]")

    report = run(capture, "--no-config", "--port", "3000", "--json").lines
    assert run(capture, "--json").lines == report
    assert run(capture, "--no-config", "--json").lines != report


def test_what_is_slow_is_said_by_the_option_or_the_file(capture: Path) -> None:
    def slow(*arguments: str) -> bool:
        lines = run(capture, "--json", *arguments).lines
        return "slow-call" in {line.get("code") for line in lines}

    assert not slow()
    assert slow("--slow", "1ms")
    _write(capture.parent, 'slow = "1ms"')
    assert slow()
    assert not slow("--slow", "1h")


def test_all_settings_are_read() -> None:
    found = settings_of(
        'ports = [1, 2]\ncarriers = ["tcp:3"]\n'
        'same_brokers = ["1.1.1.1:4,1.1.1.2:4"]\nredact = ["auto"]\n'
        'redact_channels = [">"]\nslow = "200ms"\n'
        '[names]\n":4" = "four"\n',
        "f",
    )

    assert found.ports == {1, 2}
    assert found.carriers == {3: "tcp"}
    first = Endpoint("1.1.1.1", 4)
    assert found.same_brokers == {first: first, Endpoint("1.1.1.2", 4): first}
    assert (found.redact, found.redact_channels) == (("auto",), (">",))
    assert found.slow_ns == 200_000_000
    assert found.names.of_server(Endpoint("10.0.0.1", 4)) == "four"


def test_of_two_files_the_later_is_right() -> None:
    first = Settings(frozenset({1}), {3: "a"}, redact=("x",), slow_ns=5)
    later = Settings(frozenset({2}), {3: "b"}, redact=("y",), redact_channels=("*",))

    both = first | later
    assert both.ports == {1, 2}
    assert both.carriers == {3: "b"}
    assert (both.redact, both.slow_ns) == (("x", "y"), 5)
    assert (both | first).redact_channels == ("*",)
    assert (first | Settings(slow_ns=7)).slow_ns == 7


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ports = [1", "f: not TOML: unclosed array, at its end"),
        ("a = 1\nb c", "f, line 2: not TOML: "),
        ("\nport = [1]", "f, line 2, port: no such setting, did you mean ports?"),
        (
            "x = 1",
            (
                "f, line 1, x: no such setting; there are ports, carriers, "
                "same_brokers, redact, redact_channels, slow, names"
            ),
        ),
        ("ports = 8888", "f, line 1, ports: is a list of TCP ports, such as [8888]"),
        ("ports = [0]", "f, line 1, ports: is a list of TCP ports, such as [8888]"),
        ("ports = [true]", "f, line 1, ports: is a list of TCP ports"),
        ('carriers = ["tpc:1"]', "f, line 1, carriers: no carrier 'tpc'; there"),
        ("redact = [1]", "f, line 1, redact: is a list of strings"),
        ('redact = ["data."]', "f, line 1, redact: "),
        ('redact_channels = ["a"]', "f, line 1, redact_channels: "),
        ("slow = 5", "f, line 1, slow: '5' is not a duration"),
        ("names = 1", "f, line 1, names: is a table, such as"),
        ('[names]\n\n":8888" = 1', "f, line 3, names.:8888: a name is a string"),
        ('[names]\nx = "y"', "f, line 2, names.x: 'x' is neither an address nor :PORT"),
        ('names.x = "y"', "f, line 1, names.x: 'x' is neither an address nor :PORT"),
        ('[names]\n":1" = " "', "f, line 2, names.:1: a name is empty"),
    ],
)
def test_a_mistake_is_told_with_its_file_line_and_key(text: str, message: str) -> None:
    with pytest.raises(InspectorError) as caught:
        settings_of(text, "f")

    assert str(caught.value).startswith(message)
    assert caught.value.exit_code == 2


def test_a_mistake_stops_the_command(capture: Path) -> None:
    _write(capture.parent, "# of the team\nport = [1]\n")
    outcome = run("exchanges", capture)

    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == (
        f"protocol-inspect: {capture.parent / FILE}, line 2, port: no such setting, "
        "did you mean ports?\n"
    )


def test_a_file_that_cannot_be_read_is_named(capture: Path) -> None:
    (capture.parent / FILE).mkdir()

    with pytest.raises(InspectorError, match="cannot read: is a directory"):
        read_settings([str(capture)])


def test_a_pipe_has_no_folder(capture: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _write(capture.parent, "ports = [1]")
    monkeypatch.chdir(capture.parent)

    assert read_settings(["-"]) == read_settings() == Settings()
    assert read_settings([capture.name]).ports == {1}
