"""The errors are the tree that the module draws, and say where and why."""

from __future__ import annotations

import pickle
import re

import pytest

import protocol
from protocol import (
    CorruptedLengthError,
    DecodeError,
    EncodeError,
    FramingError,
    PacketError,
    ProtocolError,
    errors,
)

_LINE = re.compile(r"^((?:│   |    |├── |└── )*)([A-Z]\w+Error)\b", re.MULTILINE)


def _drawn() -> dict[str, str]:
    """Return each class of the drawn tree and the one that it hangs from."""
    parents: dict[str, str] = {}
    path = ["Exception"]
    for indent, name in _LINE.findall(errors.__doc__ or ""):
        del path[len(indent) // 4 + 1 :]
        parents[name] = path[-1]
        path.append(name)
    return parents


def _defined() -> dict[str, str]:
    return {
        name: one.__base__.__name__
        for name, one in vars(errors).items()
        if isinstance(one, type) and one.__base__
    }


def test_the_tree_at_the_head_of_the_module_is_the_tree_of_classes() -> None:
    assert len(_drawn()) > 10
    assert _drawn() == _defined()


def test_every_error_can_be_caught_by_its_name_from_the_facade() -> None:
    assert {name for name in protocol.__all__ if name.endswith("Error")} == set(
        _defined()
    )


def test_an_error_says_what_is_wrong_and_where() -> None:
    error = CorruptedLengthError("corrupted length 'x'", offset=42)

    assert str(error) == "corrupted length 'x' (frame at byte 42)"
    assert (error.reason, error.offset) == ("corrupted length 'x'", 42)


def test_the_place_is_the_start_of_the_stream_unless_it_is_told() -> None:
    assert DecodeError("bad").offset == 0


@pytest.mark.parametrize("lost", [FramingError, PacketError])
def test_what_the_peer_did_is_not_what_we_did(lost: type[DecodeError]) -> None:
    assert issubclass(lost, DecodeError)
    assert not issubclass(lost, EncodeError)
    assert issubclass(EncodeError, ProtocolError)


def test_where_the_stream_is_lost_and_where_it_is_not_are_told_apart() -> None:
    assert not issubclass(FramingError, PacketError)
    assert not issubclass(PacketError, FramingError)


def test_an_error_survives_pickling() -> None:
    error = CorruptedLengthError("no number", offset=7)
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 — our own
    assert type(again) is CorruptedLengthError
    assert (again.reason, again.offset, again.args) == ("no number", 7, error.args)
