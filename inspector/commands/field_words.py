"""The fields of expressions, completed in a shell."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import click
    from click.shell_completion import CompletionItem


def complete_field(
    _: click.Context, __: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Complete the last word of an expression, or of a list of them.

    What precedes it is kept; after a dot are keys of data, which nobody knows.
    """
    from string import ascii_letters, digits  # noqa: PLC0415 — where a shell asks

    from click.shell_completion import CompletionItem  # noqa: PLC0415

    from inspector.filters.fields import ALL  # noqa: PLC0415

    before = incomplete.rstrip(f"{ascii_letters}{digits}_")
    if before.endswith("."):
        return []
    word = incomplete[len(before) :]
    return [CompletionItem(before + each) for each in ALL if each.startswith(word)]
