from __future__ import annotations

import asyncio

from engineio.payload import Payload

from servers.gateways.engines import Engine


async def test_tasks_end_with_the_engine() -> None:
    engine = Engine(async_handlers=False)
    task = engine.start_background_task(asyncio.sleep, 1_000)
    await asyncio.sleep(0)
    await engine.end(1)

    assert task.cancelled()


def test_a_post_may_have_as_many_packets_as_clients_send_at_once() -> None:
    assert len(Payload(encoded_payload="\x1e".join(["4a"] * 1_000)).packets) == 1_000
