from __future__ import annotations

import pytest

from servers import Service
from servers.calling.asking import DONE, REFUSED, TIMEOUT, UNREACHABLE, USAGE
from tests.servers.calling.conversations import conversing
from tests.servers.peers import until


async def test_calls_are_made_and_reported() -> None:
    async with conversing() as (conversation, heard):
        assert await conversation.obey("send sum [1,\n2]") == DONE
        assert await conversation.obey('send {"cmd":"sum"} [3]') == DONE
        assert await conversation.obey("stream count 2") == DONE
        assert await conversation.obey('emit log "hello"') == DONE
        assert await conversation.obey("send fail") == REFUSED
        assert await conversation.obey("") == DONE
        assert await conversation.obey("exit") is None
        await until(lambda: heard.events)

    assert heard.written == [b"3", b"3", b"0", b"1"]
    assert heard.events == ["hello"]
    names = ["sum", '{"cmd":"sum"}', "count", "log", "fail"]
    assert [name for name, _ in heard.answers] == names
    assert heard.answers[-1][1].words == 'error {"code":42}'


async def test_one_connection_carries_all_calls() -> None:
    async with conversing() as (conversation, heard):
        await conversation.connect()
        await conversation.obey("send sum [1]")
        await conversation.obey("send sum [1]")

    assert heard.said == [f"connected to {conversation.name}"]


async def test_a_connection_that_is_lost_is_said_and_made_again() -> None:
    service = Service()
    service.message("sum")(sum)
    async with conversing() as (conversation, heard):
        async with service.listen("127.0.0.1", 0, grace=0) as server:
            port = server.port
            await conversation.obey(f"use 127.0.0.1:{port}")
            heard.said.clear()
        await until(lambda: heard.said)
        lost = f"the connection to 127.0.0.1:{port} was closed"
        assert heard.said == [f"{lost}; the next call connects again"]
        assert await conversation.obey("send sum [1]") == UNREACHABLE
        async with service.listen("127.0.0.1", port, grace=0):
            assert await conversation.obey("send sum [1]") == DONE
            await conversation.close()

    assert heard.said[1:] == [f"connected to 127.0.0.1:{port} again"]


async def test_another_server_may_be_used() -> None:
    service = Service()
    service.message("sum")(lambda _: "other")
    async with (
        conversing() as (conversation, heard),
        service.listen("127.0.0.1", 0) as server,
    ):
        before = conversation.name
        await conversation.obey("send sum [1]")
        assert await conversation.obey(f"use 127.0.0.1:{server.port}") == DONE
        await conversation.obey("send sum [1]")
        assert conversation.name == f"127.0.0.1:{server.port}"
        assert await conversation.obey("use nowhere") == USAGE
        await conversation.obey("use")
        assert set(conversation.names()) == {"calc", before, conversation.name}
        await conversation.close()

    assert heard.written == [b"1", b'"other"']
    assert heard.said[-2] == "'nowhere' is not host:port"
    assert heard.said[-1].startswith("using 127.0.0.1:")


async def test_metadata_and_the_timeout_are_set_and_shown() -> None:
    async with conversing() as (conversation, heard):
        await conversation.obey("metadata")
        await conversation.obey('metadata {"a": 1}')
        await conversation.obey("send trace")
        await conversation.obey("metadata off")
        await conversation.obey("send trace")
        assert heard.written == [b'{"a":1}']

        await conversation.obey("timeout")
        await conversation.obey("timeout off")
        await conversation.obey("timeout 0.05")
        assert await conversation.obey("send never") == TIMEOUT
        assert await conversation.obey("timeout -1") == USAGE

    said = [each for each in heard.said if not each.startswith("connected")]
    assert said == [
        "metadata off",
        'metadata {"a":1}',
        "metadata off",
        "timeout 60 s",
        "timeout off",
        "timeout 0.05 s",
        "'-1' is no number of seconds",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("send sum [1", "a list or an object is open"),
        ("send sum nonsense", "not JSON: "),
        ("send sum -", "data from stdin is for the command line"),
        ("send sum @missing.json", "missing.json: No such file"),
        ("metadata nonsense", "not JSON: "),
        ("nonsense", "no command 'nonsense'; try help"),
    ],
)
async def test_a_mistake_is_one_line(text: str, said: str) -> None:
    async with conversing() as (conversation, heard):
        assert await conversation.obey(text) == USAGE

    (line,) = heard.said
    assert line.startswith(said)
    assert "\n" not in line


async def test_patterns_are_kept_if_a_handler_answers() -> None:
    async with conversing() as (conversation, _):
        for text in ("send sum [1]", "send fail", "send unknown", "emit log 1"):
            await conversation.obey(text)

        kept = conversation.history.patterns(conversation.server)
    assert kept == ["log", "fail", "sum"]


async def test_help_lists_the_commands() -> None:
    async with conversing() as (conversation, heard):
        assert await conversation.obey("help") == DONE

    assert heard.said[0] == (
        "send PATTERN [DATA]      send a message and show its reply"
    )
