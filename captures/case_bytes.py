"""Cases of bytes: framing, serializers, and packets that are written by hand."""

from __future__ import annotations

from .stage import (
    FIRST,
    ONE,
    SUM,
    Stage,
    case,
    connected,
    drain,
    exchange,
    framed,
    send,
)


@case
def gzipped(stage: Stage) -> None:
    """A serializer of their own on both sides: gzip and base64 in a string."""
    with stage.recorded(FIRST), stage.service(FIRST, CODEC="gzip"):
        stage.client(FIRST, SUM, SUM, SUM, CODEC="gzip")


@case
def binary(stage: Stage) -> None:
    """A socketClass of their own on both sides, whose bodies are binary."""
    with stage.recorded(FIRST), stage.service(FIRST, CODEC="binary"):
        stage.client(FIRST, SUM, SUM, SUM, {"emit": "log"}, CODEC="binary")


@case
def rawjson(stage: Stage) -> None:
    """JSON without a length on a port of Nest, and nothing else."""
    with stage.recorded(FIRST), stage.service(FIRST), connected(FIRST) as client:
        client.sendall(b'{"pattern":"sum","data":[1],"id":"1"}')


@case
def raw(stage: Stage) -> None:
    """Packets written by hand, each on a connection of its own."""
    with stage.recorded(FIRST), stage.service(FIRST):
        send(FIRST, framed(ONE), replies=1)
        send(FIRST, framed(ONE, {**ONE, "id": "2"}, {**ONE, "id": "3"}), replies=3)
        send(FIRST, framed({"data": [1], "id": "1"}), replies=1)
        send(FIRST, framed({**ONE, "pattern": {"cmd": "sum"}}), replies=1)
        send(FIRST, framed({"pattern": "log"}, ONE), replies=1)
        send(FIRST, framed('"sum"', ONE), replies=1)
        send(FIRST, framed("{'pattern': 'sum'}"))


@case
def pydict(stage: Stage) -> None:
    """A dict as Python writes it, its length right."""
    with stage.recorded(FIRST), stage.service(FIRST):
        send(FIRST, framed(str(ONE)))


@case
def together(stage: Stage) -> None:
    """Three requests in one packet, with a password each."""
    calls = [
        {"pattern": "login", "data": {"password": f"hunter{n}"}, "id": str(n)}
        for n in range(3)
    ]
    with stage.recorded(FIRST), stage.service(FIRST):
        send(FIRST, framed(*calls), replies=3)


@case
def bytes_(stage: Stage) -> None:
    """A client that counts bytes: an emoji loses its call and the next."""
    calls = [
        b'{"pattern":"sum","data":[1,2],"id":"1"}',
        '{"pattern":"echo","data":"é😀","id":"2"}'.encode(),
        b'{"pattern":"sum","data":[3,4],"id":"3"}',
    ]
    first, *others = (b"%d#%b" % (len(call), call) for call in calls)
    with stage.recorded(FIRST), stage.service(FIRST), connected(FIRST) as client:
        exchange(client, [first])
        for frame in others:
            client.sendall(frame)
        drain(client)


@case
def short(stage: Stage) -> None:
    """A length of 38 before 39 units."""
    with stage.recorded(FIRST), stage.service(FIRST):
        send(FIRST, b'38#{"pattern":"sum","data":[1,2],"id":"1"}')


@case
def strangers(stage: Stage) -> None:
    """JSON bare, on a line and after a binary length, and Redis, beside Nest."""
    text = b'{"pattern":"sum","data":[1,2]}'
    with stage.recorded(FIRST), stage.service(FIRST):
        stage.client(FIRST, SUM, {"emit": "log", "data": {"i": 0}})
        for data in (text, text + b"\n", b"*1\r\n$4\r\nPING\r\n"):
            with connected(FIRST) as client:
                client.sendall(data)
        with connected(FIRST) as client:
            client.sendall(len(text).to_bytes(4) + text)


@case
def tls(stage: Stage) -> None:
    """A client with ``tlsOptions``, and a service without."""
    with stage.recorded(FIRST), stage.service(FIRST):
        stage.client(FIRST, {**SUM, "patience": 1_000}, TLS="1")


@case
def maxbuf(stage: Stage) -> None:
    """A request of 5 kB to a service with a ``maxBufferSize`` of 2000."""
    with stage.recorded(FIRST), stage.service(FIRST, MAX_BUFFER="2000"):
        stage.client(FIRST, SUM, {"send": "sum", "data": [1] * 2_500})
