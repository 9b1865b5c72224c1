"""What is redacted where it is seen is redacted in every output."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.inspector.captures import ROOT, pcap_bytes
from tests.inspector.command import run
from tests.inspector.conversation import CLIENT, Wire

if TYPE_CHECKING:
    from pathlib import Path

AUTH = ROOT / "captures" / "auth-gateway-nest12.pcap"
_SECRETS = ["correct horse", "battery staple", "reader", "作者"]
_HIDDEN = ["--redact", "data.username", "--redact", "response.username"]


@pytest.mark.parametrize("width", [80, 200])
@pytest.mark.parametrize("form", ["table", "json"])
@pytest.mark.parametrize(
    "command",
    [[], ["exchanges"], ["packets"], ["ladder"], ["follow", "--full"], ["timeline"]],
    ids=" ".join,
)
def test_no_output_has_what_is_hidden(
    command: list[str], form: str, width: int
) -> None:
    outcome = run(*command, AUTH, "--format", form, *_HIDDEN, width=width)
    plain = run(*command, AUTH, "--format", form, width=width)

    assert outcome.code == 0
    assert [each for each in _SECRETS if each in outcome.out] == []
    assert len(outcome.out.splitlines()) == len(plain.out.splitlines())


def test_csv_and_mermaid_have_it_neither() -> None:
    assert "correct horse" in run("exchanges", AUTH, "--format", "csv").out
    table = run("exchanges", AUTH, "--format", "csv", *_HIDDEN)
    diagram = run("ladder", AUTH, "--mermaid", *_HIDDEN)
    for outcome in (table, diagram):
        assert outcome.out
        assert [each for each in _SECRETS if each in outcome.out] == []


def test_only_what_is_hidden_differs() -> None:
    plain = run("exchanges", AUTH, "--json").lines
    hidden = run("exchanges", AUTH, "--json", "--redact", "auto").lines

    assert len(plain) == len(hidden)
    for before, after in zip(plain, hidden, strict=True):
        for line in (before, after):
            for payload in (
                line.get("data"),
                *(r.get("response") for r in line["replies"]),
            ):
                if isinstance(payload, dict):
                    payload.pop("password", None)
        assert before == after


def test_what_is_no_frame_is_not_quoted(tmp_path: Path) -> None:
    wire = Wire()
    wire.connect().emit("x").send(CLIENT, b"hunter2#{}").send(CLIENT, b'9#"hunter2"x')
    capture = tmp_path / "bad.pcap"
    capture.write_bytes(pcap_bytes(wire.records))
    for command in ([], ["packets"], ["follow"], ["ladder"]):
        for form in ("table", "json"):
            hidden = ["--format", form, "--redact", "auto"]
            outcome = run(*command, capture, *hidden, width=200)
            assert "hunter2" not in outcome.out + outcome.err
    assert "hunter2" in run(capture, "--json").out


def test_a_wrong_path_is_one_line() -> None:
    outcome = run(AUTH, "--redact", "data..x")

    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == (
        "protocol-inspect: --redact: 'data..x' is no path like data.user.password\n"
    )
