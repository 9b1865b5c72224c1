from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from servers import Client, Service, UsageError
from servers.coroutines import require_coroutine_function

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable


async def _coroutine(*_: object) -> None: ...


class _Callable:
    async def __call__(self, *_: object) -> None: ...


async def _generator() -> AsyncIterator[int]:
    yield 1


@pytest.mark.parametrize("function", [_coroutine, partial(_coroutine, 1), _Callable()])
def test_what_can_be_awaited_passes(function: object) -> None:
    require_coroutine_function(function)


@pytest.mark.parametrize("function", [print, lambda *_: 1, _generator, _Callable, 7])
@pytest.mark.parametrize("use", [Service().use, Client("127.0.0.1", 1).use])
def test_a_middleware_of_another_kind_is_refused_when_it_is_used(
    use: Callable[[Any], object], function: object
) -> None:
    with pytest.raises(UsageError, match="must be a coroutine function"):
        use(function)
