from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from tests.inspector.captures import ROOT, pcap_bytes
from tests.inspector.command import PROGRAM, run
from tests.inspector.commands.test_page_options import _data
from tests.inspector.conversation import CLIENT, Wire
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

SEED = ROOT / "captures" / "seed-nest12.pcap"


def test_the_report_is_written_as_ever_and_the_page_besides(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    folder = ROOT / "captures"

    for options in (
        [],
        ["--json"],
        ["--format", "markdown"],
        ["--where", "route == 'sum'"],
    ):
        plain = run(SEED, *options)
        paged = run(SEED, *options, "--html", page)
        assert (paged.code, paged.err) == (plain.code, plain.err)
        assert paged.out == plain.out.replace(str(folder), str(folder))
        assert _data(page)["seen"] > 0


def test_of_some_exchanges_the_page_has_those_alone(tmp_path: Path) -> None:
    page = tmp_path / "page.html"

    run(SEED, "--html", page, "--where", 'kind == "event"')

    data = _data(page)
    assert {each["kind"] for each in data["exchanges"]} == {"event"}
    assert {row[4] for row in data["packets"]} == {"data"}


def test_a_condition_fails_the_run_after_the_page_is_written(tmp_path: Path) -> None:
    page = tmp_path / "page.html"

    done = run(SEED, "--html", page, "--fail-on", "messages > 0")

    assert done.code == 1
    assert page.exists()


def test_a_page_that_cannot_be_written_is_said_before_reading(tmp_path: Path) -> None:
    missing, folder = tmp_path / "no" / "page.html", tmp_path

    for file in (missing, folder):
        done = run("nowhere.pcap", "--html", file)
        assert done.code == 5
        assert done.err.startswith(f"protocol-inspect: --html: {file}: cannot write: ")
        assert done.err.count("\n") == 1
        assert done.out == ""


def test_stdout_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    for option in ("--html", "--svg", "--write"):
        done = run(SEED, option, "-")
        assert (done.code, done.out) == (2, "")
        assert done.err == (
            f"protocol-inspect: {option}: - is not a file; "
            "stdout has the view (./- is a file)\n"
        )
    assert list(tmp_path.iterdir()) == []


def test_a_capture_is_not_written_over(tmp_path: Path) -> None:
    capture = tmp_path / "nest.pcap"
    capture.write_bytes(SEED.read_bytes())

    done = run(capture, "--html", capture)

    assert done.code == 2
    assert done.err == f"protocol-inspect: --html: {capture} is the capture itself\n"
    assert capture.read_bytes() == SEED.read_bytes()


def test_a_disk_that_is_full_is_said_in_one_line() -> None:
    done = run(SEED, "--html", "/dev/full")

    why = "--html: /dev/full: cannot write: no space left on device"
    assert (done.code, done.err) == (5, f"protocol-inspect: {why}\n")


def test_a_truncated_capture_has_a_page_that_says_so(tmp_path: Path) -> None:
    page, cut = tmp_path / "page.html", tmp_path / "cut.pcap"
    cut.write_bytes(SEED.read_bytes()[:-5])

    done = run(cut, "--html", page)

    (problem,) = _data(page)["capture"]["problems"]
    assert done.code == 3
    assert problem in done.err.replace(str(cut), cut.name)
    assert str(tmp_path) not in page.read_text(encoding="utf-8")
    assert "the report covers 1 to" in problem


def test_a_capture_without_nest_has_a_page_that_says_what_may_help(
    tmp_path: Path,
) -> None:
    page, other = tmp_path / "page.html", tmp_path / "other.pcap"
    wire = Wire()
    wire.connect(server="10.0.0.2:80").send(CLIENT, b"GET nothing")
    other.write_bytes(pcap_bytes(wire.linger().records))

    done = run(other, "--html", page)

    (lack,) = _data(page)["capture"]["problems"]
    assert (done.code, done.err) == (0, f"protocol-inspect: {lack}\n")
    assert lack.startswith("other.pcap: no Nest traffic in ")


def test_what_cannot_be_read_at_all_leaves_the_page_that_was_there(
    tmp_path: Path,
) -> None:
    page = tmp_path / "page.html"
    page.write_text("before", encoding="utf-8")

    done = run(tmp_path / "nowhere.pcap", "--html", page)

    assert done.code == 3
    assert page.read_text(encoding="utf-8") == "before"


def test_a_capture_may_come_through_a_pipe(tmp_path: Path) -> None:
    page = tmp_path / "page.html"

    done = subprocess.run(
        [PROGRAM, "-", "--html", page],
        input=SEED.read_bytes(),
        capture_output=True,
        check=True,
        timeout=PATIENCE,
    )

    data = _data(page)
    assert done.stderr == b""
    assert data["capture"]["name"] == "stdin"
    assert data["command"] == "protocol-inspect - --html page.html"
    assert not any(each["see"] for each in data["findings"]["shown"])
