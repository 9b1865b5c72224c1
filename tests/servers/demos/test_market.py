from __future__ import annotations

import pytest

from servers import RemoteError
from servers.demos.market import make_market
from servers.testing import connected


async def test_prices_are_the_same_each_time_and_begin_where_wanted() -> None:
    async with connected(make_market()) as nest:
        one = await nest.send("price", {"name": "tea"})
        wanted = {"name": "tea", "count": 3, "after": 1}
        several = [each async for each in nest.stream("prices", wanted)]
        none = [each async for each in nest.stream("prices", wanted | {"count": 1})]
        with pytest.raises(RemoteError, match="No name"):
            await nest.send("price", {"name": ""})

    assert one == {"number": 1, "name": "tea", "price": 300.25}
    assert [each["number"] for each in several] == [2, 3]
    assert none == []
