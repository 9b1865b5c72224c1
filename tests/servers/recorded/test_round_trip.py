"""A capture of real Nest stands in for its service, and tests the next one."""

from __future__ import annotations

import json
from contextlib import ExitStack
from typing import TYPE_CHECKING

import httpx

from captures.processes import NEST, compile_applications, find_node
from servers.cli import main
from servers.testing import faking
from tests.inspector.captures import ROOT
from tests.inspector.command import run
from tests.servers.demos.twins import PATIENCE, Programs

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

_CAPTURE = ROOT / "captures" / "seed-nest12.pcap"
_MANIFEST = json.loads(_CAPTURE.with_suffix(".json").read_bytes())


def _replay(port: int, *options: str) -> int:
    target = f"127.0.0.1:{port}"
    return main(["replay", str(_CAPTURE), target, "--no-config", *options])


def test_a_gateway_of_nest_answers_without_its_service_and_a_replay_finds_what_changed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    compile_applications(find_node(), {"v12"})
    answers, changed = tmp_path / "answers.jsonl", tmp_path / "changed.jsonl"
    text = run("fixture", _CAPTURE).out
    answers.write_text(text, encoding="utf-8")
    changed.write_text(text.replace('"response":60', '"response":61'), encoding="utf-8")
    with ExitStack() as stack:
        programs = Programs(NEST / "v12" / "build", stack)
        with (
            faking(answers) as user,
            programs.running(
                "main_user", "main", "nest", ports={"user": user.port}
            ) as port,
        ):
            for asked in _MANIFEST["http"]:
                url = f"http://127.0.0.1:{port}{asked['url']}"
                answer = httpx.get(url, timeout=PATIENCE)
                assert (answer.status_code, answer.text) == (
                    asked["status"],
                    asked["body"],
                )
            assert user.answered == {"exact": 5}
            assert (user.unknown, user.events) == (0, {"log": 5})

        real = programs.shared("main_user", "user", "nest")
        assert _replay(real, "--allow-all", "--speed", "20") == 0
        assert "5 answered as recorded" in capsys.readouterr().out

    with faking(changed) as other:
        assert _replay(other.port, "--rate", "1000", "--json") == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines[-1]["differ"] == 1
    assert [each["differences"] for each in lines[:-1] if each["differences"]] == [
        ["$: 60 → 61"]
    ]
    assert lines[-1]["refused"] == {"event": {"log": 5}}
