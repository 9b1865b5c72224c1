"""A contract as AsyncAPI 3: channels, messages, operations and replies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.contracts.asyncapi import asyncapi
from inspector.views.output_format import Format, registered

if TYPE_CHECKING:
    from inspector.contracts.document import Contract
    from inspector.views.output_format import Found


@registered("AsyncAPI 3")
class AsyncApi(Format):
    """One document for all patterns."""

    def contract(self, contract: Contract, found: Found) -> None:
        """Write the document."""
        self.output.write(asyncapi(contract) + b"\n")
