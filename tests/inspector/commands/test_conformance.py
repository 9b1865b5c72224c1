"""``protocol-inspect conformance``, from the words to the exit code."""

from __future__ import annotations

import json
import re
import socket
import subprocess
from typing import TYPE_CHECKING

import pytest

from inspector.conformance.calling.habits import CHECKS as HABITS
from inspector.conformance.calling.plan import STEPS
from inspector.conformance.serving.grading import CHECKS
from tests.inspector.captures import ROOT
from tests.inspector.command import PROGRAM, run
from tests.inspector.conformance.faulty_client import FaultyClient
from tests.inspector.conformance.faulty_server import FaultyServer

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from inspector.conformance.card import Check

_PAGE = ROOT / "docs" / "conformance.md"


def _table(checks: Iterable[Check]) -> str:
    rows = ["| check | what passes | Nest | see |", "|---|---|---|---|"]
    for each in checks:
        advice = " (advice)" if each.advice else ""
        see = f"[{each.passage}](wire-format.md#{each.passage})"
        nest = each.nest.replace("|", "\\|")
        rows.append(f"| `{each.name}`{advice} | {each.claim} | {nest} | {see} |")
    return "\n".join(rows)


def _rewritten(page: str, title: str, checks: Iterable[Check]) -> str:
    begin = f"<!-- {title} -->\n"
    head, _, rest = page.partition(begin)
    _, heading, tail = rest.partition("\n## ")
    return f"{head}{begin}\n{_table(checks)}\n{heading}{tail}"


def test_the_page_lists_the_checks_as_make_docs_writes_them(
    request: pytest.FixtureRequest,
) -> None:
    written = _PAGE.read_text("utf-8")
    servers = [each.check for each in CHECKS]
    clients = [*(each.check for each in STEPS), *(check for check, _ in HABITS)]
    page = _rewritten(written, "checks of servers", servers)
    page = _rewritten(page, "checks of clients", clients)
    if request.config.getoption("--update-golden"):
        _PAGE.write_text(page, encoding="utf-8")
        written = page

    assert written == page, "docs/conformance.md is older than the checks: make docs"


def test_a_server_is_graded_and_the_exit_code_says_how(tmp_path: Path) -> None:
    report = tmp_path / "card.xml"
    with FaultyServer.serving("another key") as server:
        where = f"127.0.0.1:{server.port}"
        only = [f"--check={each}" for each in ("id-number", "reply-keys", "echo-falsy")]
        words = ["conformance", "--connect", where, *only, "--timeout=600s"]
        words += ["--pattern=sum", "--data=[1,2]"]
        shown = run(*words, "--junit", report)
        lines = run(*words, "--json").lines

    assert (shown.code, shown.err) == (1, "")
    assert "✗ reply-keys" in shown.out
    assert "replies have 'traceId'" in shown.out
    assert shown.out.endswith("✗ 1 failed, 1 not tried, 2 passed.\n")
    assert {line["check"]: line["outcome"] for line in lines} == {
        "answers": "passed",
        "id-number": "passed",
        "echo-falsy": "not tried",
        "reply-keys": "failed",
    }
    assert 'failures="1"' in report.read_text("utf-8")


def test_a_client_is_graded_by_a_process_that_ends_with_its_last_report() -> None:
    command = [str(PROGRAM), "conformance", "--serve", "0", "--idle", "600s", "--json"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    ) as process:
        assert process.stderr
        told = process.stderr.readline()
        port = re.search(r"127\.0\.0\.1:(\d+)", told)
        assert port, told
        client = FaultyClient(int(port[1]), "has a key of its own", 600)
        client.take_steps()
        client.close()
        out, err = process.communicate()

    lines = [json.loads(line) for line in out.splitlines()]
    assert (process.returncode, err) == (0, "")
    wrong = {each["check"]: each["outcome"] for each in lines}
    assert set(wrong.values()) == {"passed", "advised"}
    assert wrong["known-keys"] == "advised"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "give either --connect or --serve"),
        (["--connect", "a:1", "--serve", "2"], "give either --connect or --serve"),
        (["--serve", "1", "--pattern", "a"], "--pattern needs --connect"),
        (["--serve", "1", "--slow-pattern", "a"], "--slow-pattern needs --connect"),
        (["--connect", "a:1", "--expect", "1"], "--expect needs --serve"),
        (["--connect", "a:1", "--data", "x"], "x is not JSON; a string has quotes"),
        (["--connect", "a:1", "--check", "x"], "no check x; there are abandoned-call"),
        (["--connect", "a:1", "--check", "pipelind"], "did you mean pipelined?"),
        (
            ["--connect", "a:1", "--check", "huge"],
            "no check huge; did you mean huge-le",
        ),
        (
            ["--connect", "a:1", "--check", "lenght"],
            "mean cut-in-length, huge-length, ",
        ),
        (["--connect", "nowhere"], "nowhere: not HOST:PORT"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(words: list[str], said: str) -> None:
    outcome = run("conformance", *words)

    assert outcome.code == 2
    assert said in outcome.err
    assert "Traceback" not in outcome.err


def test_nobody_listens_and_nobody_may_write() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        where = f"127.0.0.1:{free.getsockname()[1]}"
    outcome = run("conformance", "--connect", where)
    assert outcome.code == 2
    assert outcome.err.endswith(f"{where}: cannot connect: connection refused\n")

    outcome = run("conformance", "--connect", where, "--junit", "/nowhere/card.xml")
    assert outcome.code == 5
