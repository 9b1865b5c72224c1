from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from captures.grpc_stage import PROTO
from protocol import loads
from protocol.descriptors import DescriptorError
from servers.grpc.methods import offered
from servers.grpc.reading import Reader
from servers.logs import logger_of

if TYPE_CHECKING:
    from protocol.descriptors import Method


def _sum() -> Method:
    return offered([str(PROTO)], [])["/calc.Calculator/Sum"]


def test_what_a_file_lacks_is_said_once_for_each_method_and_side(
    caplog: pytest.LogCaptureFixture,
) -> None:
    reader, sum_ = Reader(logger_of("server")), _sum()
    for _ in range(2):
        assert loads(reader.request(b"\x0a\x01\x05\x20\x01\x38\x01", sum_)) == {
            "values": [5]
        }
        assert loads(reader.reply(b"\x28\x01", sum_)) == {}
    lost = "was the other side built with another .proto file?"
    assert [each.getMessage() for each in caplog.records] == [
        f"/calc.Calculator/Sum: {what} does not have, which are lost: {fields}; {lost}"
        for what, fields in (
            ("a request has fields that calc.Numbers", "4, 7"),
            ("a reply has fields that calc.Total", "5"),
        )
    ]


def test_what_cannot_be_of_a_type_is_an_error() -> None:
    with pytest.raises(DescriptorError, match=r"the reply is not a calc\.Total"):
        Reader(logger_of("client")).reply(b"\x0a\x05a", _sum())
