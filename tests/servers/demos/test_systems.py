"""No cell of the table of ``docs/systems.md`` is without a test that runs it."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

import servers.demos
from tests.inspector.captures import ROOT
from tests.servers.demos.systems import NOTHING, PAGE, System, shows, systems
from tests.servers.demos.twins import TWINS

_DEMOS = Path(servers.demos.__file__).parent
_HERE = Path(__file__).parent
_NEST = {
    name: {program for application, program in TWINS if application == name}
    for name in systems()
}


def _programs(name: str) -> set[str]:
    return set(import_module(f"servers.demos.{name}").PROGRAMS)


def test_every_application_has_a_row() -> None:
    applications = {
        path.stem
        for path in _DEMOS.glob("*.py")
        if "\nPROGRAMS = " in path.read_text(encoding="utf-8")
    }

    assert set(systems()) == applications
    assert {name for name, _ in TWINS} == applications


@pytest.mark.parametrize(("name", "system"), systems().items(), ids=systems())
def test_the_cells_of_a_row_run_all_of_its_programs(name: str, system: System) -> None:
    whole = [["python", "-m", f"servers.demos.{name}"]]
    folders = [["nest", TWINS[name, program]] for program in sorted(_NEST[name])]
    inner = [each for each in folders if each[1] != "chat-chain/client"]
    assert system.python == whole
    assert sorted(system.nest) == sorted(inner)
    if len(inner) == 1 and not system.mixed:
        return
    python = [each[3:] for each in system.mixed if each[:3] == whole[0]]
    nest = [each for each in system.mixed if each[0] == "nest"]
    of_nest = {
        program for program in _NEST[name] if ["nest", TWINS[name, program]] in nest
    }
    of_python = {program for words in python for program in words}
    assert len(python) + len(nest) == len(system.mixed)
    assert of_python
    assert of_nest
    assert of_python <= _programs(name)
    assert of_python | of_nest | {"client"} >= _programs(name)


@pytest.mark.parametrize(("name", "system"), systems().items(), ids=systems())
def test_the_tests_of_a_row_run_every_mix_and_look_at_the_wire(
    name: str, system: System
) -> None:
    code = "".join((_HERE / each).read_text(encoding="utf-8") for each in system.tests)
    code = re.sub(r"\(\s+", "(", code)
    (wire,) = system.wire

    assert "KINDS" in code
    for program in _NEST[name]:
        assert f'"{program}"' in code
    assert f'"{name}"' in code
    assert "test_programs.py" in system.tests or f'.whole("{name}"' in code
    if "demo.pcap" in wire:
        assert f'on_the_wire("{name}"' in code


_RECORDED = {
    "main_user": "Every message call took 2 packets",
    "main_calc_log": ":9999  log",
    "gateway_auth": "create_user",
    "chat_chain": "send     cmd:send, cmd:keep",
}
"""Application → what is shown of its capture in ``captures``."""


@pytest.mark.parametrize(("name", "words"), _RECORDED.items())
def test_what_was_recorded_shows_it(
    name: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)

    assert words in shows(name, Path())


def test_all_others_are_captured_as_they_run() -> None:
    captured = {name for name, each in systems().items() if "demo.pcap" in each.wire[0]}

    assert captured | set(_RECORDED) == set(systems())


def test_no_cell_is_empty() -> None:
    rows = [
        line
        for line in PAGE.read_text(encoding="utf-8").splitlines()
        if line.startswith("| `")
    ]
    empty = [line for line in rows if f"| {NOTHING} |" in line]

    assert len(rows) == len(systems())
    assert [line.split("`")[1] for line in empty] == [
        name for name in systems() if len(_NEST[name]) == 1
    ]
