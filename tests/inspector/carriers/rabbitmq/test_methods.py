"""Arguments of methods are those that pamqp writes, and a method is found anywhere."""

from __future__ import annotations

import inspect
import warnings
from typing import TYPE_CHECKING

import pytest
from pamqp import commands
from pamqp.base import Frame

from inspector.carriers.rabbitmq.methods import (
    ACK,
    METHODS,
    PUBLISH,
    REACH,
    code_at,
    first_method,
    is_method,
    read_arguments,
    spans_of_arguments,
)
from tests.inspector.carriers.rabbitmq.wire import Basic, method

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEAD, _ARGUMENTS = 7, 11


def _classes() -> Iterator[type[Frame]]:
    for _, group in inspect.getmembers(commands, inspect.isclass):
        for _, each in inspect.getmembers(group, inspect.isclass):
            if issubclass(each, Frame) and each is not Frame and each.frame_id:
                yield each


_VALUES = {
    "bit": False,
    "octet": 0,
    "short": 0,
    "long": 7,
    "longlong": 7,
    "shortstr": "",
    "longstr": "a",
    "table": {},
}
ALL = sorted(_classes(), key=lambda each: each.index)


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.name)
def test_each_method_of_pamqp_has_its_layout(kind: type[Frame]) -> None:
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
        known = {name: _VALUES[kind.amqp_type(name)] for name in kind.attributes()}
        # What a channel is opened with is reserved, and pamqp fills it in.
        said = {} if kind.name.startswith("Channel.Open") else known
        data = method(kind(**said), 1)
    code = code_at(data, _HEAD)

    name, layout = METHODS[code]
    assert name.replace("-", "").replace(".", "") == kind.name.lower().replace(".", "")
    arguments = read_arguments(code, data, _ARGUMENTS, len(data) - 1)
    assert arguments is not None
    assert len(arguments) == len(layout)
    assert read_arguments(code, data, _ARGUMENTS, len(data) - 2) is None or not layout
    assert read_arguments(code, data + b"\0", _ARGUMENTS, len(data)) is None


def test_there_are_no_others_but_those_that_pamqp_lacks() -> None:
    ours = {name for name, _ in METHODS.values()}
    theirs = {each.name.lower().replace(".", "") for each in ALL}
    lacking = {
        name for name in ours if name.replace("-", "").replace(".", "") not in theirs
    }
    assert lacking <= {"access.request", "access.request-ok"}


def test_arguments_are_numbers_texts_and_bytes() -> None:
    data = method(Basic.Publish(0, "x", "求", mandatory=True))
    assert read_arguments(PUBLISH, data, _ARGUMENTS, len(data) - 1) == [0, "x", "求", 1]

    data = method(commands.Connection.StartOk({"a": 1}, "PLAIN", "\0u\0p"), 0)
    code = code_at(data, _HEAD)
    arguments = read_arguments(code, data, _ARGUMENTS, len(data) - 1)
    assert arguments is not None
    assert arguments[1:3] == ["PLAIN", b"\0u\0p"]
    begin, end = spans_of_arguments(code, data, _ARGUMENTS)[2]
    assert data[begin:end] == b"\0u\0p"


def test_a_method_is_found_after_the_end_of_a_frame() -> None:
    ack = method(Basic.Ack(1))
    noise = b"\xce\x01\0\x01 noise \xce"

    assert first_method(noise + ack, 0) == (len(noise) - 1, True)
    for size in range(1, len(ack)):
        octet, complete = first_method(noise + ack[:size], 0)
        assert (octet, complete) == (len(noise) - 1, False)
    assert first_method(b"x" * 50, 0) == (50, False)


def test_what_only_looks_like_a_method_is_none() -> None:
    ack = method(Basic.Ack(1))
    assert code_at(ack, _HEAD) == ACK

    assert is_method(ack, 0) is True
    assert is_method(ack[:-1], 0) is None
    assert is_method(ack[:-1] + b"x", 0) is False
    assert is_method(ack.replace(b"\0\x0d", b"\0\x0c", 1), 0) is False
    assert is_method(method(Basic.Ack(1), 0), 0) is False
    assert is_method(b"x", 0) is None
    assert is_method(b"\x01\0\x01\0\0\x03\xff" + ack[7:], 0) is False
    longest = method(Basic.Deliver("t" * 255, 1, False, "e" * 127, "k" * 255))  # noqa: FBT003
    assert is_method(longest, 0) is True
    assert len(longest) < REACH
