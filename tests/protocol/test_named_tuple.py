from __future__ import annotations

import pickle
import subprocess
import sys
import typing

import msgspec
import pytest

from protocol.named_tuple import NamedTuple
from tests.patience import PATIENCE


class Ours(NamedTuple):
    """A place.

    Attributes:
        line: Its line.
    """

    line: int
    names: list[str]
    column: int | None = None

    def below(self, lines: int = 1) -> Ours:
        return self._replace(line=self.line + lines)

    @property
    def first(self) -> str:
        return self.names[0]


class Theirs(typing.NamedTuple):
    line: int
    names: list[str]
    column: int | None = None


def test_it_is_a_tuple_with_names_as_the_one_of_typing() -> None:
    ours, theirs = Ours(3, ["a"]), Theirs(3, names=["a"])

    assert tuple(ours) == tuple(theirs) == (3, ["a"], None)
    assert str(ours) == str(theirs).replace("Theirs", "Ours")
    assert ours._asdict() == theirs._asdict()
    for part in ("_fields", "_field_defaults", "__match_args__", "__annotations__"):
        assert list(getattr(Ours, part)) == list(getattr(Theirs, part))
    assert typing.get_type_hints(Ours) == typing.get_type_hints(Theirs)


def test_it_has_its_own_methods_and_names() -> None:
    ours = Ours(3, ["a"])

    assert ours.below().line == 4
    assert ours.first == "a"
    assert (Ours.__module__, Ours.__qualname__) == (__name__, "Ours")
    assert (Ours.__doc__ or "").startswith("A place.")
    assert pickle.loads(pickle.dumps(ours)) == ours  # noqa: S301 — of our own
    match ours:
        case Ours(line, names, _):
            assert (line, names) == (3, ["a"])


def test_its_fields_are_checked() -> None:
    with pytest.raises(TypeError, match="lines"):
        Ours(1, [], lines=2)  # type: ignore[call-arg]
    with pytest.raises(AttributeError):
        Ours(1, []).line = 2  # type: ignore[misc]
    with pytest.raises(TypeError, match="without a default"):
        exec(_MISPLACED)  # noqa: S102 — what a type checker refuses


def test_what_reads_annotations_reads_its_own() -> None:
    assert msgspec.convert([3, ["a"]], Ours) == Ours(3, ["a"])
    with pytest.raises(msgspec.ValidationError, match=r"Expected `int`"):
        msgspec.convert(["3", ["a"]], Ours)


_MISPLACED = """
from protocol.named_tuple import NamedTuple
class Late(NamedTuple):
    column: "int" = 0
    line: "int"
"""
_COMPILED = """
import builtins
real, seen = builtins.compile, []
builtins.compile = lambda *words, **more: seen.append(words) or real(*words, **more)
from protocol.named_tuple import NamedTuple
seen.clear()
class Place(NamedTuple):
    line: "int"
    column: "int | None" = None
print(len(seen))
"""


def test_no_annotation_is_compiled() -> None:
    printed = subprocess.run(
        [sys.executable, "-I", "-c", _COMPILED],
        check=True,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
    ).stdout

    assert printed == "0\n"
