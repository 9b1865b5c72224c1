"""A contract as Python: types, a service and a client of ``servers``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.contracts.python import python
from inspector.views.output_format import Format, registered

if TYPE_CHECKING:
    from inspector.contracts.document import Contract
    from inspector.views.output_format import Found


@registered("Python for servers")
class Python(Format):
    """One document for all patterns."""

    def contract(self, contract: Contract, found: Found) -> None:
        """Write the document."""
        self.output.write(python(contract))
