from __future__ import annotations

import inspect

from servers import BlockingClient, Client
from servers.client.options import CallOptions, ClientOptions


def _options_of(function: object) -> set[str]:
    parameters = inspect.signature(function).parameters.values()  # type: ignore[arg-type]
    return {each.name for each in parameters if each.kind is each.KEYWORD_ONLY}


def test_the_options_are_those_of_the_client() -> None:
    assert ClientOptions.__annotations__.keys() == _options_of(Client) - {"dial"}
    assert CallOptions.__annotations__.keys() == _options_of(Client.send) - {"returns"}
    assert CallOptions.__annotations__.keys() == _options_of(Client.stream) - {
        "returns"
    }


def test_the_blocking_client_has_what_the_other_has() -> None:
    for name in ("send", "emit", "stream"):
        assert inspect.getdoc(getattr(BlockingClient, name)), f"{name}: docstring"
        assert callable(getattr(Client, name)), f"Client.{name}"
