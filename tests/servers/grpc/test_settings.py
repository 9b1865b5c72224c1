from __future__ import annotations

from servers.grpc.security import Pem
from servers.grpc.settings import Settings


def test_a_name_is_an_address() -> None:
    plain = Settings("a:1", {}, {}, None, {}, secure=False, pem=Pem())
    assert plain.name == "grpc://a:1"
    assert plain._replace(secure=True).name == "grpcs://a:1"
