"""A contract as JSON Schema: a definition for each part of a pattern."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.contracts.json_schema import json_schema
from inspector.views.output_format import Format, registered

if TYPE_CHECKING:
    from inspector.contracts.document import Contract
    from inspector.views.output_format import Found


@registered("JSON Schema")
class JsonSchema(Format):
    """One document for all patterns."""

    def contract(self, contract: Contract, found: Found) -> None:
        """Write the document."""
        self.output.write(json_schema(contract) + b"\n")
