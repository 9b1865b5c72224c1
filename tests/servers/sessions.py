"""Dependencies that note when they are made, and when they clean up."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar
from itertools import count
from typing import TYPE_CHECKING, Annotated

from servers import Context, Depends

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

told: list[str] = []
numbers = count()
user: ContextVar[str] = ContextVar("user")


class Session:
    def __init__(self) -> None:
        self.number = next(numbers)


def plain(context: Context) -> str:
    return context.route


async def later(route: Annotated[str, Depends(plain)]) -> str:
    await asyncio.sleep(0)
    return f"later {route}"


def outer() -> Iterator[Session]:
    told.append("outer begins")
    token = user.set("ann")
    try:
        yield Session()
    except BaseException as error:
        told.append(f"outer sees {type(error).__name__}")
        raise
    else:
        told.append("outer commits")
    finally:
        user.reset(token)
        told.append("outer ends")


async def session(base: Annotated[Session, Depends(outer)]) -> AsyncIterator[Session]:
    told.append("session begins")
    try:
        yield base
    finally:
        await asyncio.sleep(0)
        told.append("session ends")


ALL = ["outer begins", "session begins", "session ends", "outer commits", "outer ends"]
InSession = Annotated[Session, Depends(session)]
