from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from protocol import UNDEFINED, Json
from servers.calling.addresses import Address
from servers.calling.asking import (
    DONE,
    REFUSED,
    TIMEOUT,
    UNREACHABLE,
    USAGE,
    ask,
    name_of,
)
from servers.calling.question import Question
from tests.servers.probe import make_probe

if TYPE_CHECKING:
    from pathlib import Path

    from servers.hooks import Kind


def _question(
    port: int, pattern: Json, data: Json = 0, kind: Kind = "message", repeat: int = 1
) -> Question:
    return Question(
        kind=kind,
        server=Address("127.0.0.1", port),
        pattern=pattern,
        data=data,
        metadata=UNDEFINED,
        timeout=3.0 if pattern == "slow" else 60.0,
        repeat=repeat,
        tls=None,
        server_hostname=None,
    )


@pytest.mark.parametrize(
    ("pattern", "data", "kind", "code", "written", "said"),
    [
        ("sum", [1, 2], "message", DONE, [b"3"], "sum: reply after "),
        ("undef", 0, "message", DONE, [], "undef: reply without a value after "),
        ("lone", 0, "message", DONE, [b'"\\ud83d"'], "lone: reply after "),
        ("stream5", 0, "message", DONE, [b"5"], "stream5: reply after "),
        ("stream0", 0, "stream", DONE, [], "stream0: end of 0 values after "),
        ("nul", 0, "stream", DONE, [b"null"], "nul: end of 1 value after "),
        ("logOne", 0, "event", DONE, [], "logOne: event sent after "),
        ({"b": 1, "a": 2}, 0, "event", DONE, [], '{"a":2,"b":1}: event sent'),
        ("rpcObj", 0, "message", REFUSED, [], 'rpcObj: error {"code":42,'),
        ("none", 0, "message", REFUSED, [], 'none: error "There is no matching'),
        ("streamErr", 0, "stream", REFUSED, [b"1", b"2"], "streamErr: error "),
        ("slow", 60_000, "message", TIMEOUT, [], "slow: no reply within 3 s after "),
        ("a", None, "message", USAGE, [], "a: the data or the pattern is null"),
    ],
)
async def test_replies_are_written_and_what_happened_is_said(  # noqa: PLR0913, PLR0917
    pattern: Json, data: Json, kind: Kind, code: int, written: list[bytes], said: str
) -> None:
    out: list[bytes] = []
    words: list[str] = []
    async with make_probe(lambda _: None).listen("127.0.0.1", 0, grace=0) as server:
        question = _question(server.port, pattern, data, kind)
        assert await ask(question, out.append, words.append) == code

    assert out == written
    assert len(words) == 1
    assert words[0].startswith(said)


async def test_packets_and_bytes_are_counted() -> None:
    words: list[str] = []
    async with make_probe(lambda _: None).listen("127.0.0.1", 0) as server:
        question = _question(server.port, "stream5", kind="stream")
        await ask(question, lambda _: None, words.append)

    assert "1 packet out (62 bytes), 5 in (" in words[0]


async def test_repeating_gives_a_summary_and_the_first_code() -> None:
    out: list[bytes] = []
    words: list[str] = []
    async with make_probe(lambda _: None).listen("127.0.0.1", 0) as server:
        question = _question(server.port, "sum", [1], repeat=3)
        assert await ask(question, out.append, words.append) == DONE
        unknown = _question(server.port, "unknown", repeat=2)
        assert await ask(unknown, out.append, words.append) == REFUSED

    assert out == [b"1"] * 3
    assert words[3].startswith("3 calls: fastest ")
    assert words[6].startswith("2 calls: fastest ")


async def test_a_server_that_is_not_there_cannot_be_reached() -> None:
    words: list[str] = []
    assert await ask(_question(1, "a"), lambda _: None, words.append) == UNREACHABLE
    assert "cannot connect to 127.0.0.1:1: Connection refused" in words[0]


async def test_the_server_of_a_unix_socket_is_called(tmp_path: Path) -> None:
    out: list[bytes] = []
    words: list[str] = []
    path = str(tmp_path / "calc.sock")
    question = _question(1, "sum", [1, 2])._replace(server=Address("", 0, path))
    async with make_probe(lambda _: None).listen(uds=path):
        assert await ask(question, out.append, words.append) == DONE
    assert out == [b"3"]
    assert await ask(question, out.append, words.append) == UNREACHABLE
    assert f"cannot connect to unix:{path}: No such file or directory" in words[1]


def test_a_call_is_named_by_its_route() -> None:
    assert name_of(_question(1, "1.0")) == "1.0"
    assert name_of(_question(1, {"b": [1], "a": 2})) == '{"a":2,"b":{"0":1}}'
