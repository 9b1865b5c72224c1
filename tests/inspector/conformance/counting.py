"""What a length counts, rightly and wrongly."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def counter(action: str, fault: str) -> Callable[[str], int]:
    """Return what counts the length of a text, by the fault."""
    if fault == f"{action} bytes":
        return lambda text: len(text.encode())
    if fault == f"{action} code points":
        return len
    return lambda text: len(text.encode("utf-16-le", "surrogatepass")) // 2
