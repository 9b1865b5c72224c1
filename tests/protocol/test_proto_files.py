"""Files that describe services, and what is wrong with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from captures.grpc_stage import PROTO
from protocol import proto_files
from protocol.descriptors import DescriptorError
from protocol.proto_files import methods_of

_SERVICE = """
syntax = "proto3";
package p;
import "parts/types.proto";
service S { rpc M (p.T) returns (p.T); }
"""


def test_methods_are_known_by_their_paths() -> None:
    assert "/calc.Calculator/Sum" in methods_of(PROTO)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("syntax = 3;", "wrong.proto:1:10: "),
        # The compiler says first that the syntax is not named, which is no mistake.
        ("this is not proto", "wrong.proto:1:1: Expected top-level statement"),
        (_SERVICE, "wrong.proto: parts/types.proto: File not found."),
    ],
)
def test_the_line_says_what_is_wrong_and_where(
    tmp_path: Path, text: str, words: str
) -> None:
    file = tmp_path / "wrong.proto"
    file.write_text(text)
    with pytest.raises(DescriptorError) as caught:
        methods_of(file)

    assert str(caught.value).startswith(f"{tmp_path}/{words}")
    assert "\n" not in str(caught.value)


def test_imports_are_found_beside_it_whatever_it_is_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "parts").mkdir()
    types = 'syntax = "proto3"; package p; message T { int32 n = 1; }'
    (tmp_path / "parts" / "types.proto").write_text(types)
    (tmp_path / "-x.proto").write_text(_SERVICE)
    monkeypatch.chdir(tmp_path)

    assert [*methods_of(Path("-x.proto"))] == ["/p.S/M"]


@pytest.mark.parametrize(
    "endless", ["while True: pass", "import time; time.sleep(100_000)"]
)
def test_a_compiler_that_does_not_end_is_not_waited_for(
    endless: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit = "import resource as r; r.setrlimit(r.RLIMIT_CPU, (1, 1))"
    monkeypatch.setattr(proto_files, "_LIMIT", limit)
    monkeypatch.setattr(proto_files, "_RUN", endless)
    if "sleep" in endless:
        monkeypatch.setattr(proto_files, "_LONGEST", 0.2)
    with pytest.raises(DescriptorError, match="cannot be read in time"):
        methods_of(PROTO)
