"""AsyncAPI: a model of the specification accepts it, and references lead somewhere."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pydantic_asyncapi.v3 import AsyncAPI

from inspector.contracts.asyncapi import asyncapi
from inspector.contracts.document import contract_of
from protocol import UNDEFINED
from tests.inspector.captures import ROOT
from tests.inspector.command import run
from tests.inspector.contracts.gathered import contract, exchanges, gathered
from tests.inspector.conversation import Wire

if TYPE_CHECKING:
    from collections.abc import Iterator

_CONTRACT = contract(
    [
        ({"cmd": "sum"}, [1, 2], 3),
        ("fail", UNDEFINED, ValueError("no")),
        ("count", 3, (1, 2)),
    ]
)
_ADDRESS = {"location": "$message.header#/reply", "description": "anywhere"}
"""Of a reply: the model requires what the specification lets out."""


def _references(part: Any) -> Iterator[str]:  # noqa: ANN401 — JSON
    if isinstance(part, dict):
        if "$ref" in part:
            yield part["$ref"]
        for each in part.values():
            yield from _references(each)
    elif isinstance(part, list):
        for each in part:
            yield from _references(each)


def _check(document: dict[str, Any]) -> None:
    for reference in _references(document):
        found: Any = document
        for key in reference.removeprefix("#/").split("/"):
            found = found[key]
    for operation in document["operations"].values():
        if "reply" in operation:
            operation["reply"] |= {"address": _ADDRESS}
    AsyncAPI.model_validate(document)


def test_a_service_receives_and_replies() -> None:
    document = json.loads(asyncapi(_CONTRACT))
    _check(document)

    assert document["asyncapi"] == "3.0.0"
    assert document["channels"]["CmdSum"]["address"] == '{"cmd":"sum"}'
    operation = document["operations"]["CmdSum"]
    assert operation["action"] == "receive"
    assert operation["channel"] == {"$ref": "#/channels/CmdSum"}
    reply = document["channels"]["Fail.reply"]["messages"]
    assert reply["error"]["payload"] == {"$ref": "#/components/schemas/FailError"}
    assert document["components"]["schemas"]["CmdSumReply"]["type"] == "integer"


def test_an_event_has_no_reply() -> None:
    wire = Wire()
    wire.connect().emit("log", "hello").close()
    document = json.loads(asyncapi(contract_of(gathered(exchanges(wire)))))
    _check(document)

    assert "reply" not in document["operations"]["Log"]
    assert [*document["channels"]] == ["Log"]


def test_a_gateway_sends_what_it_pushes_to_its_clients() -> None:
    capture = ROOT / "captures" / "ws" / "ws-nest12.pcap"
    document = json.loads(run("contract", capture, "--format", "asyncapi").out)
    _check(document)

    actions = {name: each["action"] for name, each in document["operations"].items()}
    assert actions["SumEventPushed"] == "send"
