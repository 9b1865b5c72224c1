from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal, Optional

import msgspec
import pytest

from servers.declared import classes_in, includes, keys_in, metadata_in


@dataclass
class _Tree:
    shared: ClassVar[complex]
    children: list[_Tree]
    label: Annotated[str | None, msgspec.Meta(min_length=1)] = None


@pytest.mark.parametrize(
    ("annotation", "classes"),
    [
        (int, {int}),
        (list[int | None], {list, int, type(None)}),
        (Annotated[list[int], "words"], {list, int}),
        (Literal["a"], set()),
        (_Tree, {_Tree, list, str, type(None)}),
        (Generator[int, str, bytes], {Generator, int}),
        ("text", set()),
    ],
)
def test_classes_are_found_at_any_depth(annotation: object, classes: set[type]) -> None:
    assert set(classes_in(annotation)) == classes


def test_metadata_are_found_at_any_depth() -> None:
    declared = list[Annotated[int, "a"] | Annotated[str, "b"]]

    assert set(metadata_in(declared)) == {"a", "b"}
    assert list(metadata_in(_Tree)) == [msgspec.Meta(min_length=1)]


def test_keys_that_no_object_has_are_found() -> None:
    assert list(keys_in(list[dict[tuple[int, int], str]])) == [tuple]
    assert list(keys_in(dict[str, dict[int, tuple[int]]])) == []


def test_types_are_found_in_unions_and_behind_annotations() -> None:
    assert includes(int, int)
    assert includes(int | None, int)
    assert includes(Optional[int], int)  # noqa: UP045
    assert includes(Annotated[int, 5], int)
    assert includes(Annotated[str | int, 5] | None, int)
    assert not includes(bool, int)
    assert not includes(list[int], int)
    assert not includes(Any, int)
