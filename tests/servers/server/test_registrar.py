from __future__ import annotations

import inspect

import pytest

from servers import Router, Service, UsageError
from servers.server.registrar import Registrar


def test_a_router_has_the_decorators_of_a_service() -> None:
    for name in ("message", "event", "include", "exception"):
        assert (
            getattr(Router, name) is getattr(Service, name) is getattr(Registrar, name)
        )

    of_router, of_service = (inspect.signature(each.use) for each in (Router, Service))
    assert of_service.parameters.keys() - of_router.parameters.keys() == {"unknown"}


@pytest.mark.parametrize("kind", [Router, Service])
def test_functions_are_registered_and_returned(kind: type[Router | Service]) -> None:
    registrar = kind()

    def answer() -> int:
        return 1

    async def around(context: object, proceed: object) -> None:
        del context, proceed

    assert registrar.message("a")(answer) is answer
    assert registrar.event("b")(answer) is answer
    assert registrar.use(around) is around

    def caught(_context: object, _error: object) -> int:
        return 1

    assert registrar.exception(KeyError)(caught) is caught


@pytest.mark.parametrize("kind", [Router, Service])
def test_middleware_that_is_no_coroutine_function_is_refused(
    kind: type[Router | Service],
) -> None:
    with pytest.raises(UsageError, match="must be a coroutine function"):
        kind().use(lambda _context, _proceed: 1)  # type: ignore[arg-type, return-value]
