from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from captures.brokers import Mosquitto
from servers import Client
from servers.demos.user_created import make_main
from servers.mqtt import Mqtt
from tests.servers.demos.systems import on_the_wire
from tests.servers.demos.twins import KINDS, PATIENCE, free_port, told
from tests.servers.demos.web import asking

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.servers.demos.twins import Kind, Programs


@pytest.mark.parametrize("mailer", KINDS)
@pytest.mark.parametrize("main", KINDS)
def test_every_mailer_hears_of_users_of_every_main_also_of_those_while_it_was_away(
    programs: Programs, tmp_path: Path, *, main: Kind, mailer: Kind
) -> None:
    with (
        Mosquitto() as broker,
        on_the_wire("user_created", tmp_path, broker.port) as shown,
        programs.running(
            "user_created", "main", main, ports={"mqtt": broker.port}
        ) as port,
    ):
        with _running(programs, mailer, broker) as mails:
            broker.await_subscriptions("mailer")
            created = [_create(port, name) for name in ("ada", "作者😀", "ada")]
            first = told(mails, 3)
        away = _create(port, "bob")
        with _running(programs, mailer, broker) as mails:
            later = told(mails, 1)

    assert "user/created" in shown.text
    assert created == [_user(1, "ada"), _user(2, "作者😀"), _user(1, "ada")]
    assert away == _user(3, "bob")
    assert first == [_mail("ada"), _mail("作者😀"), _mail("ada")]
    assert later == [_mail("bob")]


def test_one_command_starts_both(programs: Programs) -> None:
    with (
        Mosquitto() as broker,
        programs.whole(
            "user_created", "http", "mailer", ports={"mqtt": broker.port}
        ) as ports,
    ):
        broker.await_subscriptions("mailer")
        _create(ports["http"], "ada")
        url = f"http://127.0.0.1:{ports['mailer']}/mails"
        assert told(url, 1) == [_mail("ada")]


@contextmanager
def _running(programs: Programs, kind: Kind, broker: Mosquitto) -> Iterator[str]:
    """Run a mailer, and give where its mails are read."""
    ports = {"mqtt": broker.port}
    with programs.running(
        "user_created", "mailer", kind, port_name="mailer", ports=ports
    ) as port:
        yield f"http://127.0.0.1:{port}/mails"


def _create(port: int, name: str) -> Any:  # noqa: ANN401 — JSON
    answer = httpx.post(
        f"http://127.0.0.1:{port}/users",
        json={"email": f"{name}@example.org"},
        timeout=PATIENCE,
    )
    assert answer.status_code == 201
    return answer.json()


def _user(number: int, name: str) -> dict[str, object]:
    return {"id": number, "email": f"{name}@example.org"}


def _mail(name: str) -> dict[str, object]:
    return {"to": f"{name}@example.org", "topic": "user/created", "qos": 1}


async def test_without_a_broker_users_are_a_bad_gateway() -> None:
    client = Client(Mqtt(f"mqtt://127.0.0.1:{free_port()}"))
    async with asking(make_main(client)) as http:
        answer = await http.post("/users", json={"email": "ada@example.org"})

    assert answer.json() == {"statusCode": 502, "message": "Bad Gateway"}
