"""Which talks have plain unary calls that can be read step by step."""

from __future__ import annotations

from inspector.carriers.framed import unary
from inspector.carriers.registry import carriers


def test_only_where_requests_may_be_streams_there_are_such() -> None:
    talks = {name: each.talk(None, whole=True) for name, each in carriers().items()}

    assert [name for name, talk in talks.items() if unary(talk)] == ["grpc"]
