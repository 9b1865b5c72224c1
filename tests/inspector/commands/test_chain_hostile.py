"""Names that a terminal or a diagram may obey, in what ``chain`` says of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len

from protocol import loads
from tests.inspector.captures import pcap_bytes
from tests.inspector.caused import Gateway
from tests.inspector.command import run

if TYPE_CHECKING:
    from pathlib import Path

_NAMES = [
    "esc\x1b[31mred\x1b]0;title\x07",
    "c1\x9b31m\x85next",
    "line\nbreak\r\x0b\x0c\u2028\u2029",
    "bidi\u202eevil\u202c\u2066x\u2069",
    "long" * 2_500,
    "広い名前" * 40,
    'quo"te`#;%%{init: {}}%%<b>&amp;',
    "participant x as y",
    "end",
    "",
    "lone\ud800",
    "zero\u200bwidth\ufeff",
]
_OBEYED = re.compile(
    r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


_CODE = re.compile(r"#(?:\d+|lt|gt|quot);")


def _lines(capture: Path) -> list[str]:
    return run("chain", capture, "--json").out.rstrip("\n").split("\n")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a capture of requests whose routes, data and errors are such names."""
    gateway = Gateway()
    for number, name in enumerate(_NAMES):
        request = gateway.ask(name, {"id": f"order-{number}", name: name})
        for _ in range(3):
            gateway.call(f"svc.{name}", {"id": f"order-{number}"}, takes=1)
        gateway.call(f"svc.{name}!", {"id": f"order-{number}"}, error=name or "none")
        gateway.fail(request, name)
    path = tmp_path_factory.mktemp("hostile") / "hostile.pcap"
    path.write_bytes(pcap_bytes(gateway.wire.records))
    return path


def test_nothing_is_obeyed_and_all_fits(hostile: Path) -> None:
    listed = run("chain", hostile, width=80).out
    trees = [run("chain", hostile, f"{5 * n + 1}", width=80).out for n in range(12)]
    report = run(hostile, width=80).out.partition("\nFindings")[0]

    assert len(listed.splitlines()) == 1 + len(_NAMES)
    for text in (listed, *trees, report):
        assert not _OBEYED.search(text)
        assert max(map(cell_len, text.split("\n"))) <= 80
    assert all("took 10 packets" in each.replace("\n  ", " ") for each in trees)
    assert max(len(each.splitlines()) for each in trees) <= 24


def test_a_diagram_keeps_its_form(hostile: Path) -> None:
    lines = run("chain", hostile, "--format", "mermaid").out.split("\n")
    first, *others = filter(None, lines)

    assert first == "sequenceDiagram"
    for line in others:
        begun = re.match(r"    (participant p\d+ as |p\d+(->>|-\)|-->>)p\d+: )", line)
        assert begun is not None
        said = _CODE.sub("", line[begun.end() :])
        assert not re.search(r"[;<>#%]", said)
        assert not _OBEYED.search(line)
        assert len(line) < 300


def test_programs_have_every_name_as_it_was(hostile: Path) -> None:
    lines = [loads(line) for line in _lines(hostile)]

    assert [each["route"] for each in lines] == _NAMES
    assert all(each["tree"]["repeated"][0]["calls"] == 3 for each in lines)
