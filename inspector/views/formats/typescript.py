"""A contract as TypeScript: types, a controller and a client of Nest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.contracts.typescript import typescript
from inspector.views.output_format import Format, registered

if TYPE_CHECKING:
    from inspector.contracts.document import Contract
    from inspector.views.output_format import Found


@registered("TypeScript for Nest")
class TypeScript(Format):
    """One document for all patterns."""

    def contract(self, contract: Contract, found: Found) -> None:
        """Write the document."""
        self.output.write(typescript(contract))
