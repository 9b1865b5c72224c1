from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from captures.grpc_stage import PROTO
from inspector.carriers.grpc.schemas import SchemaError, Schemas, written
from tests.inspector.carriers.grpc.written import SUM, words

if TYPE_CHECKING:
    from pathlib import Path

    from protocol.descriptors import Method


@pytest.fixture(scope="module")
def schemas() -> Schemas:
    return Schemas([str(PROTO)])


def _method(schemas: Schemas, path: str) -> Method:
    method = schemas.method(path)
    assert method is not None
    return method


def test_methods_are_known_by_their_paths(schemas: Schemas) -> None:
    assert not _method(schemas, SUM).takes_stream
    assert _method(schemas, "/calc.Calculator/Add").takes_stream
    assert schemas.method("/calc.Calculator/Nope") is None


def test_json_is_written_if_it_takes_as_many_bytes(schemas: Schemas) -> None:
    kind = _method(schemas, "/calc.Calculator/Describe").request
    text = b'{"userName":"Zoe"}'
    assert written(text, kind, 5) == words("Zoe")
    assert written(text, kind, 6) is None
    assert written(b'{"nope":1}', kind, 5) is None


def test_a_descriptor_set_says_the_same(tmp_path: Path) -> None:
    target = tmp_path / "calc.binpb"
    command = [sys.executable, "-m", "grpc_tools.protoc", f"-I{PROTO.parent}"]
    subprocess.run([*command, f"--descriptor_set_out={target}", PROTO.name], check=True)
    assert Schemas([str(target)]).method(SUM) is not None


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("a.proto", None, "there is no such file"),
        ("b.binpb", None, "no such file"),
        ("c.proto", "syntax = 3;", "c.proto:1"),
        ("d.proto", 'syntax = "proto3";', "describes no service"),
        ("e.binpb", "\xff", "not a set of descriptors"),
    ],
)
def test_what_cannot_be_read_is_one_line(
    tmp_path: Path, name: str, text: str | None, words: str
) -> None:
    file = tmp_path / name
    if text is not None:
        file.write_text(text)
    with pytest.raises(SchemaError, match=words) as caught:
        Schemas([str(file)])
    assert "\n" not in str(caught.value)
