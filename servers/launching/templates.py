"""The files of a new service, by name; ``$…`` stands for what differs."""

from __future__ import annotations

from string import Template
from typing import NamedTuple


class Transport(NamedTuple):
    """How a new service is reached.

    Attributes:
        extras: Those of our package that it takes.
        here: Its URL while it is written, on the machine of whoever writes it …
        there: … and in a container, where a broker has a name of its own.
        called: The URL that callers use meanwhile.
        words: What README.md says of it.
    """

    extras: str
    here: str
    there: str
    called: str
    words: str


TRANSPORTS = {
    "tcp": Transport(
        "fast",
        "tcp://127.0.0.1:8888",
        "tcp://0.0.0.0:8888",
        "127.0.0.1:8888",
        "TCP, on port 8888",
    ),
    "nats": Transport(
        "fast,nats",
        "nats://127.0.0.1:4222?queue=$module",
        "nats://nats:4222?queue=$module",
        "nats://127.0.0.1:4222",
        "NATS; all its processes are one queue group, and share the calls",
    ),
    "redis": Transport(
        "fast,redis",
        "redis://127.0.0.1:6379",
        "redis://redis:6379",
        "redis://127.0.0.1:6379",
        "Redis; each of its processes hears every message, so run one",
    ),
    "rabbitmq": Transport(
        "fast,rabbitmq",
        "amqp://127.0.0.1:5672/$module?ack=after",
        "amqp://rabbitmq:5672/$module?ack=after",
        "amqp://127.0.0.1:5672/$module",
        "RabbitMQ; its processes share a queue, and acknowledge after the work",
    ),
    "mqtt": Transport(
        "fast,mqtt",
        "mqtt://127.0.0.1:1883?group=$module",
        "mqtt://mqtt:1883?group=$module",
        "mqtt://127.0.0.1:1883",
        "MQTT; all its processes are one shared subscription",
    ),
}
"""The name that ``--transport`` takes → how the service is reached."""

FILES = {
    "$module.py": '''\
"""The service $name: what other services can ask it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from servers import Service

logger = logging.getLogger(__name__)
service = Service()


@dataclass
class Line:
    """A line of an order: what, how many, and what one costs."""

    product: str
    price: Annotated[float, Meta(ge=0)]
    count: Annotated[int, Meta(gt=0)] = 1


@service.message("total")
def total(lines: list[Line]) -> float:
    """Return what some lines cost together."""
    return sum(line.price * line.count for line in lines)


@service.event("ordered")
def ordered(line: Line) -> None:
    """Log what was ordered; an event has no reply."""
    logger.info("ordered: %d of %s", line.count, line.product)
''',
    "tests/test_$module.py": '''\
"""The service $name does what it says, called as others call it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from $module import service
from servers import BlockingClient, RemoteError
from servers.testing import serving


@pytest.fixture
def caller() -> Iterator[BlockingClient]:
    """Serve on a free port, and return a client of that."""
    with serving(service) as server, BlockingClient(port=server.port) as client:
        yield client


def test_lines_have_a_total(caller: BlockingClient) -> None:
    lines = [
        {"product": "tea", "price": 2.5, "count": 2},
        {"product": "milk", "price": 1},
    ]

    assert caller.send("total", lines, returns=float) == 6
    assert caller.send("total", [], returns=float) == 0


def test_a_line_that_is_none_is_refused(caller: BlockingClient) -> None:
    with pytest.raises(RemoteError, match="Invalid data"):
        caller.send("total", [{"product": "tea", "price": -1}])
''',
    "pyproject.toml": """\
[build-system]
requires = ["setuptools>=77"]
build-backend = "setuptools.build_meta"

[project]
name = "$name"
version = "0.1.0"
description = "A microservice that NestJS applications call."
requires-python = ">=3.11"
dependencies = ["protocol-inspect[$extras]"]

[project.optional-dependencies]
dev = ["mypy>=1.14", "pytest>=8.3"]

[tool.setuptools]
py-modules = ["$module"]

[tool.pytest.ini_options]
testpaths = ["tests"]
pythonpath = ["."]

[tool.mypy]
strict = true
files = ["$module.py", "tests"]
""",
    "Dockerfile": """\
# docker build --tag $name .
#
# The wheel of protocol-inspect is built in a clone of it: pip wheel --no-deps .
FROM python:3.13-slim
WORKDIR /app
COPY protocol_inspect-*.whl ./
RUN pip install --no-cache-dir "$$(ls protocol_inspect-*.whl)[$extras]"
COPY $module.py ./
USER nobody
CMD ["protocol-serve", "$module", "$there", \\
     "--health-port", "8080", "--grace", "8"]
""",
    ".dockerignore": """\
*
!$module.py
!protocol_inspect-*.whl
""",
    "README.md": """\
# $name

A microservice that NestJS applications call over $words.

```sh
protocol-serve $module '$here' --reload   # run it
protocol-call send '$called' total '[{"product":"tea","price":2.5,"count":2}]'
protocol-call emit '$called' ordered '{"product":"tea","price":2.5}'
python -m pytest   # call it as others do
python -m mypy     # check its types
```

`$module.py` is the service, `tests/test_$module.py` its test, `Dockerfile` its
container.
""",
}


def files(name: str, module: str, transport: str) -> dict[str, str]:
    """Return the files of a new service: path → text.

    Args:
        name: What it is called.
        module: The module that it is.
        transport: One of :data:`TRANSPORTS`.
    """
    chosen = TRANSPORTS[transport]._asdict()
    names = {"name": name, "module": module}
    filled = {key: Template(text).substitute(names) for key, text in chosen.items()}
    return {
        Template(path).substitute(names): Template(text).substitute(names | filled)
        for path, text in FILES.items()
    }
