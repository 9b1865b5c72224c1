from __future__ import annotations

import json
import os
import pty
import re
import shlex
import signal
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

import pytest
import trustme

from servers.cli import command, main

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SERVICE = """
import asyncio, logging, sys
from servers import Context, RpcError, Service, server_tls
logging.basicConfig(level="INFO", format="%(message)s")
service = Service()
service.message(["sum", {"cmd": "sum"}])(lambda data: sum(data))
service.message("echo")(lambda data: data)
service.event("log")(lambda data: print("heard", data, flush=True))

@service.message("trace")
async def trace(context: Context):
    return context.metadata

@service.message("count")
async def count(to: int):
    for value in range(to):
        yield value

@service.message("fail")
def fail():
    raise RpcError({"code": 42})

@service.message("slow")
async def slow():
    await asyncio.sleep(30)

@service.message("forever")
async def forever():
    while True:
        yield "again"
        await asyncio.sleep(0.001)

tls = server_tls(*sys.argv[1:]) if sys.argv[1:] else None
asyncio.run(service.serve("127.0.0.1", 0, tls=tls, grace=0))
"""


class _Outcome(NamedTuple):
    code: int
    out: str
    err: str


@contextmanager
def _served(program: Path, *arguments: str) -> Iterator[int]:
    """Let the service run in a process of its own; give its port."""
    program.write_text(_SERVICE, encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, program, *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        try:
            assert process.stderr is not None
            found = re.search(r"listening on .*:(\d+)", process.stderr.readline())
            assert found is not None
            yield int(found[1])
        finally:
            process.terminate()
            process.communicate(timeout=60)


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with _served(tmp_path_factory.mktemp("service") / "service.py") as found:
        yield found


def _run(*arguments: str, stdin: str | None = None) -> _Outcome:
    done = subprocess.run(
        [sys.executable, "-m", "servers.cli", *arguments],
        check=False,
        capture_output=True,
        input=stdin,
        encoding="utf-8",
        timeout=60,
    )
    return _Outcome(done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize(
    ("arguments", "code", "out", "err"),
    [
        ("send A sum [1,2,3]", 0, "6\n", "sum: reply after "),
        ('send A \'{"cmd":"sum"}\' [1,2]', 0, "3\n", '{"cmd":"sum"}: reply after '),
        ("send A echo", 0, "{}\n", "echo: reply after "),
        ("send A echo '\"é😀\"'", 0, '"é😀"\n', "echo: reply after "),
        ("send A count 3 --stream", 0, "0\n1\n2\n", "count: end of 3 values after "),
        ("send A count 3", 0, "2\n", "count: reply after "),
        ("send A trace 0 --metadata '{\"a\":1}'", 0, '{"a":1}\n', "trace: reply"),
        ("send A sum [1] --repeat 2", 0, "1\n1\n", "2 calls: fastest "),
        ("send A sum [1] --watch 0.01 --repeat 2", 0, "1\n1\n", "sum: reply after"),
        ("send A sum --watch --stream", 2, "", "leave --stream out"),
        ("emit A log '\"hello\"'", 0, "", "log: event sent after "),
        ("send A fail", 1, "", 'fail: error {"code":42} after '),
        ("send A unknown", 1, "", "There is no matching message handler"),
        ("send A slow --timeout 3", 4, "", "slow: no reply within 3 s"),
        ("send 127.0.0.1:1 sum", 3, "", "cannot connect to 127.0.0.1:1"),
        ("send A", 2, "", "Missing argument 'PATTERN'"),
        ("send nowhere sum", 2, "", "'nowhere' is not host:port"),
        ("send 127.0.0.1:0 sum", 2, "", "is not host:port"),
        ("send A sum [1,2", 2, "", "not JSON: "),
        ("send A sum @missing.json", 2, "", "missing.json: No such file"),
        ("send A echo null", 2, "", "the data or the pattern is null or undefined"),
        ("send A sum --tls-key missing.pem", 2, "", "missing.pem"),
        ("ask A sum", 2, "", "No such command 'ask'; there are emit, prompt"),
        ("fixture A", 2, "", "and protocol-inspect has others"),
        ("", 2, "", "try --help"),
    ],
)
def test_the_command_answers(
    arguments: str, code: int, out: str, err: str, port: int
) -> None:
    words = shlex.split(arguments.replace(" A ", f" 127.0.0.1:{port} "))
    if arguments.endswith(" A"):
        words[-1] = f"127.0.0.1:{port}"
    outcome = _run(*words)

    assert (outcome.code, outcome.out) == (code, out)
    assert err in outcome.err
    assert all(line.startswith("protocol-call: ") for line in outcome.err.splitlines())
    assert "Traceback" not in outcome.err


def test_data_comes_from_a_file_or_from_stdin(port: int, tmp_path: Path) -> None:
    data = tmp_path / "data.json"
    data.write_text("[4, 5]", encoding="utf-8")
    address = f"127.0.0.1:{port}"

    assert _run("send", address, "sum", f"@{data}").out == "9\n"
    assert _run("send", address, "sum", "-", stdin="[5,6]").out == "11\n"


def test_a_stream_is_written_as_it_comes_and_a_closed_pipe_is_no_error(
    port: int,
) -> None:
    with subprocess.Popen(
        [
            *(sys.executable, "-m", "servers.cli", "send", "--stream"),
            *(f"127.0.0.1:{port}", "forever"),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == '"again"\n'
        process.stdout.close()
        assert process.wait(60) == 0
        assert "Traceback" not in process.stderr.read()


def _on_a_terminal(*arguments: str) -> bytes:
    """Run the command with a terminal as its stdout; return what it is given."""
    ours, theirs = pty.openpty()
    with os.fdopen(ours, "rb", buffering=0) as screen:
        with os.fdopen(theirs, "wb") as terminal:
            subprocess.run(
                [sys.executable, "-m", "servers.cli", *arguments],
                check=True,
                stdout=terminal,
                stderr=subprocess.DEVNULL,
                timeout=60,
            )
        return screen.read(4096)


_HOSTILE = '"\\u001b]0;x\\u0007 \x7f\x9b31m \u202etxt.exe"'


def test_a_terminal_obeys_nothing_in_a_reply(port: int) -> None:
    shown = _on_a_terminal("send", f"127.0.0.1:{port}", "echo", _HOSTILE).decode()

    assert not re.search("[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u202e]", shown)
    assert json.loads(shown) == json.loads(_HOSTILE)


def test_a_terminal_shows_a_long_reply_in_lines(port: int) -> None:
    data = json.dumps({"first": "x" * 60, "second": [1, 2]})
    shown = _on_a_terminal("send", f"127.0.0.1:{port}", "echo", data).decode()

    assert shown.splitlines()[2] == '  "second": ['
    assert json.loads(shown) == json.loads(data)
    assert _run("send", f"127.0.0.1:{port}", "echo", data).out.count("\n") == 1


def test_a_pipe_gets_a_reply_as_it_is(port: int) -> None:
    assert "\u202e" in _run("send", f"127.0.0.1:{port}", "echo", _HOSTILE).out


def test_an_interrupt_ends_it(port: int) -> None:
    with subprocess.Popen(
        [
            *(sys.executable, "-m", "servers.cli", "send", "--stream"),
            *(f"127.0.0.1:{port}", "forever"),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)

    assert process.returncode == 130
    assert "Traceback" not in err


def test_a_full_disk_is_told_of(port: int) -> None:
    with open("/dev/full", "w", encoding="utf-8") as full:  # noqa: PTH123
        done = subprocess.run(
            [
                *(sys.executable, "-m", "servers.cli"),
                *("send", f"127.0.0.1:{port}", "echo", "1"),
            ],
            check=False,
            stdout=full,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            timeout=60,
        )

    assert done.returncode == 5
    assert "protocol-call: cannot write: no space left on device" in done.stderr


def test_tls_both_ways(tmp_path: Path) -> None:
    authority = trustme.CA()
    paths = [tmp_path / f"{name}.pem" for name in ("ca", "server", "client")]
    authority.cert_pem.write_to_path(paths[0])
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(
        paths[1]
    )
    server = str(paths[1])
    with _served(tmp_path / "service.py", server, server) as port:
        address = f"127.0.0.1:{port}"
        trusting = _run("send", address, "echo", "1", "--tls-authority", str(paths[0]))
        strict = _run("send", "--tls", address, "echo", "1")
        careless = _run("send", "--tls-insecure", address, "echo", "1")

    assert (trusting.code, trusting.out) == (0, "1\n")
    assert (strict.code, careless.code) == (3, 0)
    assert "certificate verify failed" in strict.err


@pytest.mark.parametrize("words", [[], ["send"], ["emit"]])
def test_every_help_ends_in_an_example_that_runs(
    words: list[str], port: int, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main([*words, "--help"]) == 0
    text = capfd.readouterr().out
    assert text.startswith("Usage: protocol-call")
    assert "\\b" not in text

    examples = re.findall(
        r"^ +(protocol-call (?:send|emit) .*:8888.*)$", text, re.MULTILINE
    )
    assert examples
    for example in examples:
        _, *arguments = shlex.split(example.replace(":8888", f":{port}"))
        outcome = _run(*arguments)
        assert outcome.code == 0, example
        assert outcome.out or arguments[0] == "emit"


def test_every_option_is_described() -> None:
    for each in command.commands.values():
        for parameter in each.params:
            assert parameter.param_type_name == "argument" or parameter.help


def test_the_command_is_installed_and_quick_to_start() -> None:
    program = "import sys, servers.cli; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        timeout=60,
    ).stdout.split()

    assert "click" in loaded
    assert not {
        "rich",
        "construct",
        "scapy",
        "prometheus_client",
        "prompt_toolkit",
    } & set(loaded)
