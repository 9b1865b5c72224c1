"""How many cells of a terminal a text takes.

Nearly all texts have characters of one cell alone, and are as wide as they are long;
what others take is rich's to know, whose tables are loaded when one comes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol.on_demand import on_demand

if TYPE_CHECKING:
    from rich.cells import cell_len as _cell_len
    from rich.cells import chop_cells
    from rich.cells import set_cell_size as _set_cell_size
else:  # decision 179
    _cell_len = on_demand("rich.cells:cell_len")
    _set_cell_size = on_demand("rich.cells:set_cell_size")
    chop_cells = on_demand("rich.cells:chop_cells")

__all__ = ["cell_len", "chop_cells", "set_cell_size"]

_GLYPHS = "–—‘’“”…←→≠≤≥►◄✓✗"
"""What our views draw and write besides letters, lines and blocks."""
_RANGES = ((0x20, 0x7F), (0xA1, 0xAD), (0xAE, 0x300), (0x2500, 0x25A0))
"""Letters of Latin scripts, digits and marks; lines and blocks."""
_NARROW = frozenset(chr(code) for each in _RANGES for code in range(*each)) | {*_GLYPHS}
"""Characters of one cell."""


def cell_len(text: str) -> int:
    """Return the cells that a text takes."""
    return len(text) if _NARROW.issuperset(text) else _cell_len(text)


def set_cell_size(text: str, width: int) -> str:
    """Return a text cut or padded to exactly some cells."""
    if _NARROW.issuperset(text):
        return text[: max(width, 0)].ljust(width)
    return _set_cell_size(text, width)
