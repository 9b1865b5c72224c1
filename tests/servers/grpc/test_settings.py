from __future__ import annotations

from servers.grpc.settings import Settings


def test_a_name_is_an_address() -> None:
    assert Settings("a:1", {}, {}, None, {}).name == "grpc://a:1"
