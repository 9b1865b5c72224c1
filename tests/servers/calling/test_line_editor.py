from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tests.servers.calling.conversations import conversing
from tests.servers.peers import until

pytest.importorskip("prompt_toolkit")

from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from servers.calling.line_editor import LineEditor, Statements

if TYPE_CHECKING:
    from collections.abc import Sequence

    from servers.calling.conversing import Conversation


async def _read(keys: str, count: int) -> list[str]:
    """Return so many statements that some keys make."""
    async with conversing() as (conversation, _):
        await conversation.obey('send {"cmd":"sum"} [1]')
        with create_pipe_input() as source:
            source.send_text(keys)
            editor = LineEditor(conversation, source, DummyOutput())
            return [await editor.read() for _ in range(count)]


async def test_a_statement_ends_with_its_json() -> None:
    statements = await _read("send sum [1,\r2]\ruse\r", 2)

    assert statements == ["send sum [1,\n2]", "use"]


async def test_a_pattern_is_completed() -> None:
    async with conversing() as (conversation, _):
        conversation.history.add(conversation.server, {"cmd": "sum"})
        with create_pipe_input() as source:
            editor = LineEditor(conversation, source, DummyOutput())
            reading = asyncio.create_task(editor.read())
            source.send_text('send {"c\t')
            await until(lambda: editor.text == 'send {"cmd":"sum"}')
            source.send_text(" [1]\r")
            assert await reading == 'send {"cmd":"sum"} [1]'


async def test_the_line_before_comes_back() -> None:
    async with conversing() as (conversation, _):
        with create_pipe_input() as source:
            editor = LineEditor(conversation, source, DummyOutput())
            source.send_text("use\r")
            assert await editor.read() == "use"

            def comes_back() -> bool:
                source.send_text("\x1b[A")  # the history is loaded beside the prompt
                return editor.text == "use"

            reading = asyncio.create_task(editor.read())
            await until(lambda: not editor.text)  # the next prompt has begun
            await until(comes_back)
            source.send_text("\r")
            assert await reading == "use"


@pytest.mark.parametrize(
    ("keys", "error"), [("\x03", KeyboardInterrupt), ("\x04", EOFError)]
)
async def test_ctrl_c_and_ctrl_d_are_told(
    keys: str, error: type[BaseException]
) -> None:
    with pytest.raises(error):
        await _read(keys, 1)


def _completed(conversation: Conversation, text: str) -> Sequence[str]:
    completer = Statements(conversation)
    found = completer.get_completions(Document(text), CompleteEvent())
    return [each.text for each in found]


async def test_words_are_completed_by_their_place() -> None:
    async with conversing() as (conversation, _):
        for pattern in ("sum", {"cmd": "sum"}, "\x1b[2J"):
            conversation.history.add(conversation.server, pattern)

        assert _completed(conversation, "s") == ["send", "stream"]
        assert _completed(conversation, "send ") == ['{"cmd":"sum"}', "sum"]
        assert _completed(conversation, "emit s") == ["sum"]
        assert _completed(conversation, "send sum [1") == []
        assert _completed(conversation, "use c") == ["calc"]
        assert _completed(conversation, "timeout ") == ["off"]
        assert _completed(conversation, "help ") == []
