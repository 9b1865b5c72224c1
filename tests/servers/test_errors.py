from __future__ import annotations

import asyncio
import copy
import copyreg
import inspect
import pickle
from concurrent.futures import ProcessPoolExecutor
from enum import StrEnum
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

import pytest

from protocol import UNDEFINED, Json
from servers import (
    Client,
    ClientClosedError,
    ConnectionLostError,
    NoHandlerError,
    RemoteError,
    RequestTimeoutError,
    RpcError,
    Service,
    errors,
)
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType


@pytest.mark.parametrize(
    ("error", "err"),
    [
        ("boom", {"status": "error", "message": "boom"}),
        (7, {"status": "error", "message": 7}),
        (None, {"status": "error", "message": None}),
        ("", {"status": "error", "message": ""}),
        (UNDEFINED, {"status": "error"}),
        ({"code": 42}, {"code": 42}),
        (["a", "b"], ["a", "b"]),
        ({}, {}),
    ],
)
def test_what_a_handler_raises_is_shaped_as_nest_shapes_it(
    error: Json, err: Json
) -> None:
    assert RpcError(error).err == err


@pytest.mark.parametrize(
    ("err", "text"),
    [({"message": "boom"}, "boom"), ("no", "no"), ({"code": 1}, "{'code': 1}")],
)
def test_a_remote_error_reads_as_what_was_meant(err: Json, text: str) -> None:
    assert str(RemoteError(err)) == text
    assert RemoteError(err).err == err


def test_a_remote_error_names_its_call_if_that_is_known() -> None:
    error = NoHandlerError("none")
    assert (error.pattern, error.address, str(error)) == (UNDEFINED, "", "none")

    error.came_from({"b": 1, "a": 2}, "10.0.0.7:3000")
    assert str(error) == 'none ({"a":2,"b":1} at 10.0.0.7:3000)'

    error.came_from(_Patterns.SUM, "10.0.0.7:3000")
    assert str(error) == "none (sum at 10.0.0.7:3000)"


class _Patterns(StrEnum):
    SUM = "sum"


def test_a_timeout_is_a_timeout_error_too() -> None:
    error = RequestTimeoutError(0.25)

    assert isinstance(error, TimeoutError)
    assert (error.seconds, str(error)) == (0.25, "no reply within 0.25 s")


def test_the_tree_in_the_docstring_is_the_tree_of_the_classes() -> None:
    named = [line.split()[-0] for line in (errors.__doc__ or "").splitlines() if line]
    classes = [
        name
        for name, value in vars(errors).items()
        if inspect.isclass(value)
        and issubclass(value, BaseException)
        and value.__module__ == errors.__name__
    ]
    drawn = " ".join((errors.__doc__ or "").split())

    assert named, "the docstring of servers.errors draws no tree"
    for name in classes:
        assert issubclass(getattr(errors, name), errors.ServersError), name
        assert f" {name} " in f" {drawn} "


def _of_a_call() -> RemoteError:
    error = RemoteError({"message": "boom"})
    error.came_from({"cmd": "sum"}, "10.0.0.7:3000")
    return error


_ALL = [
    RpcError({"code": 1}),
    RpcError(),
    errors.InvalidDataError("no", [errors.DataProblem("$", "no")]),
    errors.InvalidMessageError(),
    ConnectionLostError(),
    ConnectionLostError("reset"),
    RequestTimeoutError(0.25),
    ClientClosedError(),
    RemoteError({"message": "boom"}),
    NoHandlerError("none"),
    _of_a_call(),
]


@pytest.mark.parametrize("error", _ALL, ids=repr)
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_an_error_survives_pickling(error: errors.ServersError, protocol: int) -> None:
    error.add_note("seen in a pool")
    for again in (pickle.loads(pickle.dumps(error, protocol)), copy.copy(error)):  # noqa: S301 — our own
        assert type(again) is type(error)
        assert (str(again), again.args) == (str(error), error.args)
        assert vars(again) == vars(error)


@pytest.mark.parametrize("error", _ALL, ids=repr)
def test_an_error_that_is_kept_holds_no_frames(error: errors.ServersError) -> None:
    with pytest.raises(type(error)) as raised:
        raise error
    again = errors.kept(raised.value)

    assert (type(again), str(again), vars(again)) == (
        type(error),
        str(error),
        vars(error),
    )
    assert again.__traceback__ is None


def test_nor_does_it_where_errors_are_copied_with_their_frames(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def rebuilt(trace: TracebackType | None) -> Exception:
        return NoHandlerError("none").with_traceback(trace)

    def reduce(error: Exception) -> tuple[Callable[..., Exception], tuple[Any, ...]]:
        return rebuilt, (error.__traceback__,)

    monkeypatch.setitem(copyreg.dispatch_table, NoHandlerError, reduce)
    with pytest.raises(NoHandlerError) as raised:
        raise NoHandlerError("none")

    assert copy.copy(raised.value).__traceback__ is not None
    assert errors.kept(raised.value).__traceback__ is None


def test_an_error_of_others_that_cannot_be_copied_is_kept_as_its_text() -> None:
    class Odd(Exception):  # noqa: N818
        def __init__(self, one: int, other: int) -> None:
            super().__init__(f"{one} {other}")

    assert str(errors.kept(Odd(1, 2))) == "1 2"


def _call(port: int, pattern: str) -> Json:
    """Call a service, in a process of a pool."""
    return asyncio.run(_send(port, pattern))


async def _send(port: int, pattern: str) -> Json:
    async with Client("127.0.0.1", port, timeout=PATIENCE) as nest:
        return await nest.send(pattern, {}, timeout=0.05 if pattern == "late" else None)


async def test_a_process_pool_hands_on_what_a_call_raises() -> None:
    service = Service()

    @service.message("late")
    async def late() -> None:
        await asyncio.sleep(PATIENCE)

    loop = asyncio.get_running_loop()
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        async with service.listen("127.0.0.1", 0, grace=0) as server:
            for pattern, kind in (
                ("late", RequestTimeoutError),
                ("unknown", NoHandlerError),
            ):
                with pytest.raises(kind):
                    await loop.run_in_executor(pool, _call, server.port, pattern)
