"""The documentation says what the command says, and its code runs.

A block of text after ``<!-- protocol-inspect … -->`` is the output of that command, or
the beginning of it where the sentence before says so.
"""

from __future__ import annotations

import json
import re
import shlex
import shutil
from contextlib import redirect_stdout
from io import StringIO
from typing import TYPE_CHECKING, NamedTuple

import pytest

from inspector.calls.exchanges import Exchange, Kind
from inspector.findings.catalogue import rules
from inspector.pipeline import Pipeline
from inspector.sources.files import read_capture
from inspector.views.jsonlines import waiting_line
from protocol import encode_frame
from tests.inspector.captures import ROOT, SEED, pcap_bytes
from tests.inspector.carriers.pigeons import confirmed, perch, pigeons
from tests.inspector.command import run, spawn
from tests.inspector.conversation import Wire
from tests.inspector.nats_evidence import FOLDER

if TYPE_CHECKING:
    from pathlib import Path

PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]
_SHOWN = re.compile(
    r"(?P<before>[^\n]*)\n+<!-- (?P<command>protocol-inspect [^\n]*) -->\n"
    r"```text\n(?P<output>.*?)```",
    re.DOTALL,
)
_PYTHON = re.compile(r"```python\n(.*?)```(?:\n\n```text\n(.*?)```)?", re.DOTALL)
_METADATA = ROOT / "tests" / "data" / "cases" / "meta-v12.pcap"
_FRAME = re.compile(r"(?<!explain ')\b[0-9]+#(\{[^\n]*?\})(?=[`\s])")
_LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")


class Shown(NamedTuple):
    """A command and what a page shows of its output."""

    page: str
    command: str
    output: str
    beginning: bool


def _shown() -> list[Shown]:
    return [
        Shown(page.name, found["command"], found["output"], "begins" in found["before"])
        for page in PAGES
        for found in _SHOWN.finditer(page.read_text(encoding="utf-8"))
    ]


def _sections(page: str) -> dict[str, str]:
    """Return the sections of a page of docs/ by their title."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    _, *sections = re.split(r"^## ", text, flags=re.MULTILINE)
    return dict(section.split("\n", 1) for section in sections)


def _first_column(section: str) -> set[str]:
    """Return what stands in backquotes in the first column of the first table."""
    table = re.search(r"^\|.*?(?=\n\n|\Z)", section, re.MULTILINE | re.DOTALL)
    assert table is not None
    cells = re.findall(r"^\| (`[^|]+) \|", table[0], re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


@pytest.mark.parametrize("shown", _shown(), ids=lambda each: each.command)
def test_the_output_on_a_page_is_what_the_command_prints(
    shown: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    outcome = run(*shlex.split(shown.command)[1:])

    assert outcome.code == 0, outcome.err
    if shown.beginning:
        assert outcome.out.startswith(shown.output)
    else:
        assert outcome.out == shown.output


def test_the_readme_shows_the_report() -> None:
    commands = {shown.command for shown in _shown() if shown.page == "README.md"}

    assert "protocol-inspect captures/seed-nest12.pcap" in commands


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_python_of_a_page_prints_what_the_page_says(
    page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    for block, output in _PYTHON.findall(page.read_text(encoding="utf-8")):
        comments = re.findall(r"print\(.*\)  # (.*)", block)
        promised = output.splitlines() or comments
        printed = StringIO()
        with redirect_stdout(printed):
            # As a script, for whatever asks a function where it is from.
            names = {"__name__": "__main__"}
            code = compile(block, page.name, "exec", dont_inherit=True)
            exec(code, names)  # noqa: S102 — our own page
        assert printed.getvalue().splitlines() == promised


@pytest.mark.parametrize("page", ["README.md", "docs/wire-format.md"])
def test_the_frames_of_a_page_have_the_length_that_nest_counts(page: str) -> None:
    frames = list(_FRAME.finditer((ROOT / page).read_text(encoding="utf-8")))

    assert frames, f"{page} shows no frame"
    for frame in frames:
        assert frame[0].encode() == encode_frame(frame[1].encode())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_links_of_a_page_lead_somewhere(page: Path) -> None:
    for target in _LINK.findall(page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


def test_every_key_of_the_json_lines_is_documented(tmp_path: Path) -> None:
    wire, errands = Wire(), tmp_path / "errands.pcap"
    wire.connect().ask("sum", "1")
    under_way = tmp_path / "in_flight.pcap"
    under_way.write_bytes(pcap_bytes(wire.records))
    wire = Wire()
    confirmed(perch(wire))
    errands.write_bytes(pcap_bytes(wire.records))
    sections = _sections("output.md")
    keys: dict[str, set[str]] = {"exchange": set(), "finding": set(), "summary": set()}
    with pigeons():
        names = ("--name", ":8888=calc", "--name", "127.0.0.1=gateway")
        lines = run(SEED, _METADATA, errands, "--json", *names).lines
    lines += run(under_way, "--json").lines
    lines += run(SEED, "--json", "--carrier", "http:3000").lines
    lines += run(CHAINS, "--json").lines + run(_doubtful(tmp_path), "--json").lines
    lines += run(FOLDER / "nats-nest12.pcap", "--json").lines
    secret = FOLDER.parent / "tls" / "tls13-nest12.pcap"
    keylog = secret.with_suffix(".keys")
    lines += run(secret, "--keylog", keylog, "--json").lines
    for line in lines:
        keys[line["type"]] |= line.keys()

    keys["explanation"] = set(run("explain", '7#{"a":1}', "--json").lines[0])
    keys["check"] = set(run("doctor", "--json").lines[0])
    keys["timeline"] = set(run("timeline", SEED, "--json").lines[0])
    keys["chain"] = set(run("chain", CHAINS, "--json").lines[0])
    keys["service"] = set(run("services", SEED, "--json").lines[0])
    watched = spawn("live", "-", "--json", stdin=SEED.read_bytes()).stdout
    keys["capture"] = set(json.loads(watched.splitlines()[-2]))
    for kind, found in keys.items():
        assert _first_column(sections[kind]) == found


CHAINS = ROOT / "captures" / "chains" / "rooms-rabbitmq.pcap"


def _doubtful(folder: Path) -> Path:
    """Return a capture of a call that may have been made for either of two requests."""
    wire, path = Wire(), folder / "doubtful.pcap"
    gateway, service = "10.0.0.2:80", "10.0.0.3:80"
    clients = [wire.connect(client=f"10.0.0.1:{n}", server=gateway) for n in (5, 6)]
    inner = wire.connect(client="10.0.0.2:7", server=service)
    for client in clients:
        client.ask("outer", "1", "hello")
    inner.ask("inner", "1", "hello").answer("1", 1)
    for client in clients:
        client.answer("1", 1)
    path.write_bytes(pcap_bytes(wire.records))
    return path


def test_every_key_of_a_call_that_waits_is_documented() -> None:
    exchange = next(
        item
        for item in Pipeline().inspect(read_capture(str(SEED)))
        if isinstance(item, Exchange) and item.kind is Kind.MESSAGE
    )

    found = set(json.loads(waiting_line(exchange, 1)))
    assert _first_column(_sections("output.md")["waiting"]) == found


def test_every_finding_is_documented_with_its_severity_and_a_fix() -> None:
    page = (ROOT / "docs" / "findings.md").read_text(encoding="utf-8")
    headings = re.findall(r"^### `([a-z-]+)` · (\w+)$", page, re.MULTILINE)

    assert dict(headings) == {code: rule.severity for code, rule in rules().items()}
    assert len(headings) == len(rules())
    parts = ("**Shows.**", "**Because.**", "**Fix.**", "**See.** `", "**Not for** ")
    for part in parts:
        assert page.count(part) == len(rules()), part


def _that_show_findings() -> list[str]:
    page = (ROOT / "docs" / "findings.md").read_text(encoding="utf-8")
    return sorted(set(re.findall(r"^\*\*See\.\*\* `(.+)`$", page, re.MULTILINE)))


@pytest.mark.parametrize("line", _that_show_findings())
def test_the_commands_that_show_findings_run(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "showcase-nest12" if " chain " not in line else "chains/rooms-rabbitmq"
    shutil.copy(ROOT / "captures" / f"{name}.pcap", tmp_path / "nest.pcap")
    monkeypatch.chdir(tmp_path)
    outcome = run(*shlex.split(line)[1:])

    assert outcome.code == 0, outcome.err
    assert outcome.out or "selected none" in outcome.err
