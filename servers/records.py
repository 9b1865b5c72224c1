"""Payloads with headers, for the brokers that carry them.

As in Nest, a transport without headers sends such a payload as it is: an object with
its data and its headers.

Source: ``packages/microservices/record-builders/nats.record-builder.ts``.
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 — msgspec reads the fields
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from protocol import Json


class Record(msgspec.Struct, frozen=True):
    """A payload, and what a broker is to carry beside it.

    Attributes:
        data: The payload.
        headers: Names and values.
    """

    data: Json
    headers: Mapping[str, str] = {}
