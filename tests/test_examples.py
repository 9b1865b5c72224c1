"""The servers and clients of ``examples/`` get a card on which nothing failed."""

from __future__ import annotations

import queue
import subprocess
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from inspector.conformance.calling.desk import Until, grade_client
from inspector.conformance.card import Card, Outcome
from inspector.conformance.serving.grading import CHECKS, grade_server
from inspector.conformance.serving.target import Subject, Subjects, Target
from tests.inspector.captures import ROOT
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_EXAMPLES = ROOT / "examples"
_NUMBERS = [1, 2]
_SUBJECTS = Subjects(
    call=Subject({"cmd": "sum", "of": "numbers"}, _NUMBERS),
    echo=Subject("echo", _NUMBERS),
    stream=Subject("count", _NUMBERS),
    error=Subject("fail", _NUMBERS),
    event=Subject("log", _NUMBERS),
    slow=Subject("slow", _NUMBERS),
)
_COMPILED = {
    "csharp": "mcs -warnaserror -out:{out}/Nest.exe {examples}/csharp/Nest.cs",
    "go": "go build -o {out}/nest {examples}/go/nest.go",
    "java": "javac -J-XX:TieredStopAtLevel=1 -d {out} {examples}/java/Nest.java",
    "rust": "rustc -C opt-level=0 -o {out}/nest {examples}/rust/nest.rs",
}
_RUN = {
    "csharp": "mono {out}/Nest.exe",
    "go": "{out}/nest",
    "java": "java -XX:TieredStopAtLevel=1 -cp {out} Nest",
    "php": "php {examples}/php/nest.php",
    "ruby": "ruby {examples}/ruby/nest.rb",
    "rust": "{out}/nest",
}


def _command(language: str, folder: Path) -> list[str]:
    """Return what runs an example, compiled if need be."""

    def words(line: str) -> list[str]:
        return [word.format(out=folder, examples=_EXAMPLES) for word in line.split()]

    if language in _COMPILED:
        build = words(_COMPILED[language])
        subprocess.run(build, check=True, timeout=PATIENCE)
    return words(_RUN[language])


@contextmanager
def _server(command: list[str]) -> Iterator[int]:
    with subprocess.Popen(
        [*command, "serve", "0"], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        yield int(process.stdout.readline())
        process.kill()


def _client(command: list[str]) -> Card:
    ports: queue.Queue[int] = queue.Queue()
    cards: queue.Queue[Card] = queue.Queue()

    def grade() -> None:
        cards.put(grade_client("127.0.0.1", 0, Until(PATIENCE), ports.put))

    thread = threading.Thread(target=grade)
    thread.start()
    port = str(ports.get())
    subprocess.run([*command, "client", port], check=True, timeout=PATIENCE)
    thread.join()
    return cards.get()


def _reasons(card: Card, outcome: Outcome) -> dict[str, str]:
    return {e.check.name: e.reason for e in card.results if e.outcome is outcome}


@pytest.mark.parametrize("language", _RUN)
def test_a_server_and_a_client_pass(language: str, tmp_path: Path) -> None:
    command = _command(language, tmp_path)
    with _server(command) as port:
        target = Target(("127.0.0.1", port), _SUBJECTS, PATIENCE)
        checks = [e.check.name for e in CHECKS if not e.check.advice]
        server = grade_server(target, checks)
    client = _client(command)

    assert _reasons(server, Outcome.FAILED) == {}
    assert _reasons(server, Outcome.UNTRIED) == {}
    assert {each.outcome for each in client.results} == {Outcome.PASSED}
