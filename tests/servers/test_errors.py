from __future__ import annotations

import inspect

import pytest

from protocol import UNDEFINED, Json
from servers import RemoteError, RequestTimeoutError, RpcError, errors


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


def test_a_timeout_is_a_timeout_error_too() -> None:
    error = RequestTimeoutError(0.25)

    assert isinstance(error, TimeoutError)
    assert (error.seconds, str(error)) == (0.25, "no reply within 0.25 s")


def test_the_tree_in_the_docstring_is_the_tree_of_the_classes() -> None:
    named = [line.split()[-0] for line in (errors.__doc__ or "").splitlines() if line]
    classes = [
        name
        for name, value in vars(errors).items()
        if inspect.isclass(value) and value.__module__ == errors.__name__
    ]
    drawn = " ".join((errors.__doc__ or "").split())

    assert named, "the docstring of servers.errors draws no tree"
    for name in classes:
        assert issubclass(getattr(errors, name), errors.ServersError), name
        assert f" {name} " in f" {drawn} "
