"""A conversation with a service, and what it has said."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import click

from protocol import UNDEFINED
from servers import Context, RpcError, Service
from servers.calling.addresses import parse_address
from servers.calling.conversing import Conversation, Ways
from servers.calling.history import History
from servers.calling.question import Question

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from servers.calling.asking import Answer


class Heard:
    """What a conversation writes and says, and how its calls end."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.said: list[str] = []
        self.answers: list[tuple[str, Answer]] = []
        self.begun = asyncio.Event()
        self.events: list[Any] = []


def _service(heard: Heard) -> Service:
    service = Service()
    service.message(["sum", {"cmd": "sum"}])(sum)
    service.event("log")(heard.events.append)

    @service.message("trace")
    def trace(context: Context) -> Any:  # noqa: ANN401
        return context.metadata

    @service.message("count")
    async def count(to: int) -> AsyncIterator[int]:
        for number in range(to):
            yield number

    @service.message("fail")
    def fail() -> None:
        raise RpcError({"code": 42})

    @service.message("never")
    async def never() -> None:
        heard.begun.set()
        await asyncio.Event().wait()

    return service


def _question_at(name: str) -> Question:
    address = parse_address(name)
    if address is None:
        raise click.UsageError(f"{name!r} is not host:port")
    return Question(
        kind="message",
        server=address,
        pattern="",
        data={},
        metadata=UNDEFINED,
        timeout=60.0,
        repeat=1,
        tls=None,
        server_hostname=None,
    )


@asynccontextmanager
async def conversing() -> AsyncIterator[tuple[Conversation, Heard]]:
    """Give a conversation with a service that listens, and what is heard of it."""
    heard = Heard()
    async with _service(heard).listen("127.0.0.1", 0, grace=0) as server:
        ways = Ways(
            question_at=_question_at,
            names=["calc"],
            write=heard.written.append,
            say=heard.said.append,
            report=lambda name, answer: heard.answers.append((name, answer)),
        )
        name = f"127.0.0.1:{server.port}"
        conversation = Conversation(name, UNDEFINED, ways, History(None))
        try:
            yield conversation, heard
        finally:
            await conversation.close()
