"""The prompt: statements from a terminal, or from the lines of stdin.

At a terminal prompt_toolkit edits lines (the extra ``prompt``): history, completion,
statements of several lines. What was typed is forgotten at the end, since it has data;
patterns are kept as those of other calls are.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from servers.server.threads import DaemonThreads

from .asking import DONE, USAGE
from .statements import is_incomplete

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from typing import BinaryIO

    from .conversing import Conversation

_CONTINUED = "the input ends inside a statement"


async def converse_in_lines(
    conversation: Conversation, source: BinaryIO, say: Callable[[str], None]
) -> int:
    """Obey the lines of a file; return the exit code of the first that failed.

    Args:
        conversation: Obeys.
        source: Where the lines come from.
        say: Receives what is wrong with the last line.
    """
    code = DONE
    try:
        async for statement in _statements(source):
            if is_incomplete(statement):
                say(_CONTINUED)
                return code or USAGE
            outcome = await conversation.obey(statement)
            if outcome is None:
                break
            code = code or outcome
    finally:
        await conversation.close()
    return code


async def _statements(source: BinaryIO) -> AsyncIterator[str]:
    """Yield statements; the last may be incomplete."""
    loop, thread, text = asyncio.get_running_loop(), DaemonThreads(1), ""
    while line := await loop.run_in_executor(thread, source.readline):
        text += line.decode("utf-8", "surrogateescape")
        if not is_incomplete(text):
            yield text
            text = ""
    if text:
        yield text


async def converse_at_terminal(
    conversation: Conversation,
    read: Callable[[], Awaitable[str]],
    say: Callable[[str], None],
) -> int:
    """Obey what is typed until Ctrl-D; Ctrl-C cancels a call, or drops a line.

    Args:
        conversation: Obeys.
        read: Returns a statement; raises KeyboardInterrupt and EOFError.
        say: Receives what there is to say.
    """
    try:
        await conversation.connect()
        while True:
            try:
                statement = await read()
            except KeyboardInterrupt:
                continue
            except EOFError:
                break
            if await _interruptible(conversation.obey(statement), say) is None:
                break
    finally:
        await conversation.close()
    return DONE


async def _interruptible(
    work: Awaitable[int | None], say: Callable[[str], None]
) -> int | None:
    """Do work, unless SIGINT cancels it."""
    loop, task = asyncio.get_running_loop(), asyncio.ensure_future(work)
    with suppress(NotImplementedError, RuntimeError, ValueError):  # Windows, threads
        loop.add_signal_handler(signal.SIGINT, task.cancel)
    try:
        await asyncio.wait([task])
    finally:
        with suppress(NotImplementedError, RuntimeError, ValueError):
            loop.remove_signal_handler(signal.SIGINT)
    if task.cancelled():
        say("cancelled; the handler may still run")
        return DONE
    return task.result()


def is_at_terminal() -> bool:
    """Whether statements are typed, and replies read, at a terminal."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def line_editor(conversation: Conversation) -> Callable[[], Awaitable[str]]:
    """Return what reads statements from a terminal.

    Raises:
        click.UsageError: prompt_toolkit is not installed.
    """
    try:
        from .line_editor import LineEditor  # noqa: PLC0415 — an extra
    except ModuleNotFoundError as error:
        raise click.UsageError(
            f"the prompt needs {error.name}: pip install 'protocol-inspect[prompt]'"
        ) from None
    return LineEditor(conversation).read
