from __future__ import annotations

from typing import TYPE_CHECKING

from protocol import Json  # noqa: TC001 — the service reads annotations
from servers import Client, Context, Record, Service
from servers.nats import Nats, NatsMessage, NatsRecord

if TYPE_CHECKING:
    from captures.brokers import NatsServer


async def test_a_context_has_subject_inbox_and_headers(nats_server: NatsServer) -> None:
    service = Service()

    @service.message("messages.*")
    def about(data: Json, context: Context) -> Json:
        carrier = context.carrier
        assert isinstance(carrier, NatsMessage)
        assert carrier.subject == carrier.channel
        inbox = carrier.reply.startswith("_INBOX.")
        return [data, carrier.subject, dict(carrier.headers), inbox, context.route]

    ours = Nats(nats_server.url, headers={"from": "all", "kept": "yes"})
    async with service.listen(Nats(nats_server.url)), Client(ours) as nest:
        bare = await nest.send("messages.bare", 1)
        record = NatsRecord(2, {"from": "one"})
        headed = await nest.send("messages.headed", record)

    assert isinstance(record, Record)
    assert bare == [
        1,
        "messages.bare",
        {"from": "all", "kept": "yes"},
        True,
        "messages.*",
    ]
    assert headed == [
        2,
        "messages.headed",
        {"from": "one", "kept": "yes"},
        True,
        "messages.*",
    ]


async def test_an_event_has_no_inbox(nats_server: NatsServer) -> None:
    service, heard = Service(), list[object]()

    @service.event("messages.event")
    def about(context: Context) -> None:
        assert isinstance(context.carrier, NatsMessage)
        heard.append((context.carrier.reply, context.is_event))

    service.message("messages.heard")(lambda: len(heard))
    async with (
        service.listen(Nats(nats_server.url)),
        Client(Nats(nats_server.url)) as nest,
    ):
        await nest.emit("messages.event", NatsRecord(1))
        assert await nest.send("messages.heard", 1) == 1

    assert heard == [("", True)]
