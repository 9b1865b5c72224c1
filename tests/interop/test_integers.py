"""Beyond 2^53 - 1 Nest rounds, without a word; we read and write what the text says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from protocol import EncodeError
from servers import Client, Service
from tests.interop.pairs import WE_ARE_CALLED, WE_CALL, Pair, opened

if TYPE_CHECKING:
    from tests.interop.nests import Nests

_LAST = 2**53 - 1
_ECHOED = {
    2**53 - 1: 2**53 - 1,
    2**53 + 1: 2**53,
    2**53 + 3: 2**53 + 4,
    2**60: 1_152_921_504_606_847_000,  # Number::toString has 17 digits at most
    10**21: 1e21,
    10**400: None,  # Infinity, which JSON.stringify writes as null
}
"""What we send → the reply of a Nest handler that returns what it is given."""


@pytest.mark.parametrize("name", WE_CALL)
async def test_nest_replies_with_rounded_integers(name: str, nests: Nests) -> None:
    port = await Pair.of(name, nests).nest.port()
    async with Client("127.0.0.1", port) as client:
        echoed = {sent: await client.send("echo", sent) for sent in _ECHOED}
        keys = await client.send("echo", {2**53 + 1: "a key is text"})

    assert echoed == _ECHOED
    assert keys == {"9007199254740993": "a key is text"}


@pytest.mark.parametrize("name", WE_CALL)
async def test_a_client_that_refuses_sends_them_to_no_nest(
    name: str, nests: Nests
) -> None:
    port = await Pair.of(name, nests).nest.port()
    async with Client("127.0.0.1", port, unsafe_integers="refuse") as client:
        with pytest.raises(EncodeError, match=r"data\.id is beyond"):
            await client.send("echo", {"id": _LAST + 1})
        assert await client.send("echo", {"id": _LAST}) == {"id": _LAST}


@pytest.mark.parametrize("name", WE_ARE_CALLED)
async def test_a_nest_client_gets_rounded_integers_or_an_error(
    name: str, nests: Nests
) -> None:
    nest, notes = Pair.of(name, nests).nest, {}
    for choice in ("send", "refuse"):
        service = Service(unsafe_integers=choice)
        service.message("id")(lambda: {"id": 2**53 + 1})
        async with (
            service.listen("127.0.0.1", 0, grace=0) as server,
            opened(nest, server.port) as caller,
        ):
            notes[choice] = await caller.observe("id", 0)

    assert notes["send"] == [["value", {"id": 2**53}], ["end"]]
    error = {"status": "error", "message": "Internal server error"}
    assert notes["refuse"] == [["error", error]]
