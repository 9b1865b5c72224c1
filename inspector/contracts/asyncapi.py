"""A contract as AsyncAPI 3.0: channels, messages, and operations with their replies.

The document is that of the service: it receives requests and events, and replies. A
channel is a pattern under its route; errors are one of the messages of a reply.

Source: the AsyncAPI specification 3.0.0, "Operation Object" and "Operation Reply
Object". A server is not described: a capture shows where a service was, not where it
will be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from .json_schema import builtins_of, named_patterns
from .naming import type_name

if TYPE_CHECKING:
    from .document import Contract
    from .json_schema import Named

VERSION = "3.0.0"
"""Of AsyncAPI."""


def asyncapi(contract: Contract) -> bytes:
    """Return a contract as AsyncAPI, in JSON (which is YAML as well)."""
    patterns = named_patterns(contract)
    schemas = {
        named.names[part]: builtins_of(schema)
        for named in patterns
        for part, schema in named.pattern.parts()
    }
    document = {
        "asyncapi": VERSION,
        "info": {
            "title": "A Nest microservice, as it was seen",
            "version": "1.0.0",
            "description": "Inferred from captured traffic by protocol-inspect.",
        },
        "defaultContentType": "application/json",
        "channels": _channels(patterns),
        "operations": {_id(named): _operation(named) for named in patterns},
        "components": {"schemas": schemas},
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2)


def _channels(patterns: list[Named]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for named in patterns:
        found[_id(named)] = _channel(named, named.pattern.route, ["request"])
        if named.pattern.kind == "message":
            address = (
                None  # of Nest's making: the reply of a request goes to its sender
            )
            found[_reply_id(named)] = _channel(named, address, ["reply", "error"])
    return found


def _channel(named: Named, address: str | None, kinds: list[str]) -> dict[str, Any]:
    messages = {kind: _message(named, kind) for kind in kinds if _has(named, kind)}
    return {"address": address, "messages": messages}


def _has(named: Named, kind: str) -> bool:
    """Whether there is such a message: errors only if they were seen."""
    return kind != "error" or "error" in named.names


def _message(named: Named, kind: str) -> dict[str, Any]:
    part = "data" if kind == "request" else kind
    pattern = named.pattern
    title = pattern.route if kind == "request" else f"{kind} of {pattern.route}"
    payload: dict[str, Any] = {}
    if part in named.names:
        payload = {"$ref": f"#/components/schemas/{named.names[part]}"}
    made = {"name": named.names.get(part, title), "title": title, "payload": payload}
    if kind == "request":
        made["x-nest-pattern"] = pattern.pattern
    return made


def _operation(named: Named) -> dict[str, Any]:
    channel = _id(named)
    made: dict[str, Any] = {
        "action": "send" if named.pattern.pushed else "receive",
        "channel": {"$ref": f"#/channels/{channel}"},
        "messages": [{"$ref": f"#/channels/{channel}/messages/request"}],
    }
    if named.pattern.kind == "message":
        made["reply"] = _reply(named)
    return made


def _reply(named: Named) -> dict[str, Any]:
    channel = f"#/channels/{_reply_id(named)}"
    kinds = [kind for kind in ("reply", "error") if _has(named, kind)]
    return {
        "channel": {"$ref": channel},
        "messages": [{"$ref": f"{channel}/messages/{kind}"} for kind in kinds],
    }


def _id(named: Named) -> str:
    return type_name(named.words)


def _reply_id(named: Named) -> str:
    return f"{_id(named)}.reply"
