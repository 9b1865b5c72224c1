"""What is about brokers alone: headers, groups, wildcards, restarts."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, ExitStack
from typing import TYPE_CHECKING, TypeAlias

import pytest

from captures.brokers import Mosquitto, NatsServer, RabbitMQServer, RedisServer
from protocol import Json
from servers import Client, Context, RemoteError, Service, Tcp
from servers.mqtt import Mqtt, MqttMessage
from servers.nats import Nats, NatsRecord
from servers.rabbitmq import RabbitMQ
from servers.redis import Redis
from tests.interop.application import Application
from tests.interop.nests import VERSIONS
from tests.interop.pairs import AT_BROKERS, Pair, opened, reached
from tests.servers.peers import until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from captures.brokers import Broker
    from tests.interop.nests import Nests
    from tests.interop.pairs import Notes, Theirs


_Kind: TypeAlias = """tuple[
    type[Broker], Callable[[str, str], Nats | Redis | Mqtt | RabbitMQ], dict[str, Json]
]"""
_KINDS: dict[str, _Kind]
_KINDS = {
    "nats": (
        NatsServer,
        lambda url, _: Nats(url),
        {"reconnectTimeWait": 50, "maxReconnectAttempts": -1},
    ),
    "redis": (
        RedisServer,
        lambda url, _: Redis(url),
        {"retryAttempts": 1_000, "retryDelay": 50},
    ),
    "mqtt": (Mosquitto, lambda url, _: Mqtt(url), {"reconnectPeriod": 50}),
    "rabbitmq": (
        RabbitMQServer,
        lambda url, queue: RabbitMQ(url, queue=queue),
        {"socketOptions": {"reconnectTimeInSeconds": 1}},
    ),
}


class Restarted:
    """Brokers that are restarted, each started when a test first asks for it."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._started: dict[str, Broker] = {}

    def __getitem__(self, over: str) -> Broker:
        if over not in self._started:
            self._started[over] = self._stack.enter_context(_KINDS[over][0]())
        return self._started[over]


@pytest.fixture(scope="module")
def restarted() -> Iterator[Restarted]:
    with ExitStack() as stack:
        yield Restarted(stack)


@pytest.fixture(scope="module")
def nats() -> Iterator[NatsServer]:
    with NatsServer() as server:
        yield server


@pytest.fixture
def rabbit(nests: Nests) -> RabbitMQServer:
    broker = nests.broker("rabbitmq", "")  # which has queues for everybody
    assert isinstance(broker, RabbitMQServer)
    return broker


@pytest.fixture(scope="module")
def mosquitto() -> Iterator[Mosquitto]:
    with Mosquitto() as server:
        yield server


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    with RedisServer() as server:
        yield server


@pytest.mark.parametrize("name", [each for each in AT_BROKERS if "redis" not in each])
async def test_headers_cross_both_ways(name: str, nests: Nests) -> None:
    pair = Pair.of(name, nests)
    headers: Json = {"x-user": "ada", "x-trace": "7"}
    async with pair.connected() as caller:
        theirs: Json = {"headers": headers, "of": 1, "over": pair.over}
        data = NatsRecord(1, headers) if pair.we_call else theirs
        seen = await caller.observe("headers", data)

    assert seen == [["value", headers], ["end"]]


@pytest.mark.parametrize("version", VERSIONS)
async def test_nest_and_we_share_a_queue_group(
    version: str, nests: Nests, nats: NatsServer
) -> None:
    nest, name = nests.spelling(version, "_"), f"group-{version}"
    service = Application(space="_").service
    number = await nest.do("attend", over="nats", url=nats.url, queue=name)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(service.listen(Nats(nats.url, queue=name)))
        client = await stack.enter_async_context(Client(Nats(nats.url)))
        sizes = [await client.send("echo_length", "😀") for _ in range(200)]
        await nest.do("leave", which=number)

        assert client.unclaimed_replies == 0
    assert {1, 2} == set(sizes), "we count characters, and Nest UTF-16"


@pytest.mark.parametrize("version", VERSIONS)
async def test_nest_and_we_share_a_group_of_mqtt(
    version: str, nests: Nests, mosquitto: Mosquitto
) -> None:
    heard: set[str] = set()
    service = Service()

    @service.message("$share/both/echo_length")
    def echo(data: str, context: Context) -> int:
        assert isinstance(context.carrier, MqttMessage)
        heard.add(context.carrier.topic)
        return len(data)

    mqtt, nest = Mqtt(mosquitto.url), nests[version]
    async with service.listen(mqtt), reached(nest, "mqtt", mosquitto.url) as caller:
        assert await caller.observe("echo_length", "ab") == [["value", 2], ["end"]]

    assert heard == {"echo_length"}


@pytest.mark.parametrize("version", VERSIONS)
async def test_nest_and_we_share_a_queue(
    version: str, nests: Nests, rabbit: RabbitMQServer
) -> None:
    nest, queue = nests[version], f"shared-{version}"
    url = f"rabbitmq://127.0.0.1:{rabbit.port}/{queue}"
    ours = RabbitMQ(rabbit.url, queue=queue)
    number = await nest.do("attend", over="rabbitmq", url=url)
    async with Application().service.listen(ours), Client(ours) as client:
        sizes = [await client.send("echo length", "😀") for _ in range(20)]
        await nest.do("leave", which=number)

    assert sorted(sizes) == [1] * 10 + [2] * 10, "we count characters, Nest UTF-16"


@pytest.mark.parametrize("version", VERSIONS)
async def test_manual_acknowledgements_and_dead_letters_as_in_nest(
    version: str, nests: Nests, rabbit: RabbitMQServer
) -> None:
    """What Nest sends is acknowledged after the work, or becomes a dead letter."""
    nest, queue = nests[version], f"manual-{version}"
    done, dead = list[Json](), list[Json]()
    service, undertaker = Service(), Service()

    @service.event("job")
    async def job(data: Json) -> None:
        await asyncio.sleep(0)
        if data == "bad":
            raise ValueError
        done.append(data)

    undertaker.event("job")(dead.append)
    letters = f"{queue}-dead"
    ours = RabbitMQ(
        rabbit.url, queue=queue, ack="after", prefetch=1, dead_letters=letters
    )
    arguments = {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": letters}
    url = f"rabbitmq://127.0.0.1:{rabbit.port}/{queue}"
    async with (
        service.listen(ours),
        undertaker.listen(RabbitMQ(rabbit.url, queue=letters)),
        reached(nest, "rabbitmq", url, queueOptions={"arguments": arguments}) as caller,
    ):
        for each in ("one", "bad", "two"):
            await caller.emit("job", each)
        await until(lambda: len(done) == 2 and len(dead) == 1)

    assert (done, dead) == (["one", "two"], ["bad"])


@pytest.mark.parametrize("version", ["v11", "v12"])  # Nest 10 has none at RabbitMQ
async def test_a_client_of_nest_calls_our_wildcards_at_rabbitmq(
    version: str, nests: Nests, rabbit: RabbitMQServer
) -> None:
    service, exchange = Service(), f"wild-{version}"

    @service.message("wild.*")
    def wild(data: Json, context: Context) -> Json:
        return [data, context.pattern, context.route]

    ours = RabbitMQ(rabbit.url, queue=exchange, wildcards=True)
    url = f"rabbitmq://127.0.0.1:{rabbit.port}/{exchange}"
    async with (
        service.listen(ours),
        reached(nests[version], "rabbitmq", url, wildcards=True) as caller,
    ):
        seen = await caller.observe("wild.one", 1)

    assert seen == [["value", [1, "wild.one", "wild.*"]], ["end"]]


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_client_of_nest_calls_our_wildcards(
    version: str, nests: Nests, nats: NatsServer, redis: RedisServer
) -> None:
    service, nest = Service(), nests[version]

    @service.message("wild.*")
    def wild(data: Json, context: Context) -> Json:
        assert context.carrier is not None
        return [data, context.carrier.channel, context.route]

    transports = Nats(nats.url), Redis(redis.url, wildcards=True)
    async with service.listen(*transports):
        for over, url in (("nats", nats.url), ("redis", redis.url)):
            async with reached(nest, over, url) as caller:
                seen = await caller.observe("wild.one", 1)
            assert seen == [["value", [1, "wild.one", "wild.*"]], ["end"]]


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_hybrid_service_is_called_by_nest_over_all_of_its_transports(
    version: str, nests: Nests, nats: NatsServer, redis: RedisServer
) -> None:
    service, nest = Service(), nests[version]
    service.message({"cmd": "hybrid"})(lambda data: [data])
    tcp, by_nats, by_redis = Tcp("127.0.0.1", 0), Nats(nats.url), Redis(redis.url)
    async with (
        service.listen(tcp, by_nats, by_redis) as server,
        opened(nest, server.port) as one,
        reached(nest, "nats", nats.url) as two,
        reached(nest, "redis", redis.url) as three,
    ):
        calls = [each.observe({"cmd": "hybrid"}, 1) for each in (one, two, three)]
        seen = await asyncio.gather(*calls)

    assert seen == [[["value", [1]], ["end"]]] * 3


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("over", [*_KINDS])
async def test_a_broker_that_restarts_amid_calls_of_nest_answers_none_twice(
    over: str, version: str, nests: Nests, restarted: Restarted
) -> None:
    service, nest, begun = Service(), nests[version], list[int]()

    @service.message("count")
    async def count(number: int) -> int:
        begun.append(number)
        await asyncio.sleep(0.05)
        return number

    _, transport, options = _KINDS[over]
    broker, queue = restarted[over], f"restarted-{version}"
    async with (
        service.listen(transport(broker.url, queue)) as server,
        reached(nest, over, _address(over, broker, queue), **options) as caller,
    ):
        assert await caller.observe("count", 0) == [["value", 0], ["end"]]
        calls = [
            asyncio.create_task(caller.observe("count", n, within=3_000))
            for n in range(1, 6)
        ]
        await until(lambda: len(begun) > 5)
        await asyncio.to_thread(broker.restart)
        await until(lambda: server.health.status == "ready")
        lost = await asyncio.gather(*calls)
        after = await _answered(caller, 6)

    assert after == [["value", 6], ["end"]]
    assert all(begun.count(number) == 1 for number in range(6))
    for number, notes in enumerate(lost, start=1):
        values = [note for note in notes if note[0] == "value"]
        assert values in ([], [["value", number]])


def _address(over: str, broker: Broker, queue: str) -> str:
    """Return where Nest finds a service at a broker."""
    return f"{broker.url}/{queue}" if over == "rabbitmq" else broker.url


async def _answered(caller: Theirs, number: int) -> Notes:
    """Return what a call gives, once the client of Nest is connected again."""
    while True:
        notes = await caller.observe("count", number, within=1_000)
        if notes[-1] == ["end"]:
            return notes


@pytest.mark.parametrize("over", [*_KINDS])
async def test_a_broker_that_restarts_amid_our_calls_of_nest_answers_none_twice(
    over: str, nests: Nests, restarted: Restarted
) -> None:
    nest = nests.spelling("v12", "_")
    _, transport, options = _KINDS[over]
    broker, queue = restarted[over], "restarted-by-us"
    url = _address(over, broker, queue)
    number = await nest.do("attend", over=over, url=url, **options)
    async with Client(transport(broker.url, queue), timeout=60) as client:
        waiting = [asyncio.create_task(client.send("wait", n)) for n in range(5)]
        assert await client.send("echo", 1) == 1
        await asyncio.to_thread(broker.restart)
        lost = await asyncio.gather(*waiting, return_exceptions=True)
        value = await _until_answered(client)
        unclaimed = client.unclaimed_replies
    await nest.do("leave", which=number)

    assert {type(each).__name__ for each in lost} == {"ConnectionLostError"}
    assert (value, unclaimed) == ("again", 0)


async def _until_answered(client: Client) -> Json:
    while True:
        try:
            return await client.send("echo", "again")
        except RemoteError:  # nobody has subscribed again yet
            await asyncio.sleep(0.02)
