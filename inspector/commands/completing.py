"""What a shell completes after options and arguments, computed where it asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import click
    from click.shell_completion import CompletionItem

    Complete = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]

_QUANTILES = ("p50", "p90", "p95", "p99", "p999")
"""Those of a hundred that people ask for."""
_FIGURES = ("count", "finding", "sum", "mean", "min", "max", *_QUANTILES)


def _paths(kind: str) -> Complete:
    def complete(
        _: click.Context, __: click.Parameter, word: str
    ) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem  # noqa: PLC0415

        return [CompletionItem(word, type=kind)]

    return complete


def _words(words: Callable[[], Iterable[str]]) -> Complete:
    def complete(
        _: click.Context, __: click.Parameter, word: str
    ) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem  # noqa: PLC0415

        return [CompletionItem(each) for each in words() if each.startswith(word)]

    return complete


def _checks() -> Iterable[str]:
    from inspector.conformance.serving.grading import CHECKS  # noqa: PLC0415

    return [each.check.name for each in CHECKS]


def _views() -> Iterable[str]:
    from inspector.columnar.relations import VIEWS  # noqa: PLC0415

    return [each.name for each in VIEWS]


def _carriers() -> Iterable[str]:
    from inspector.carriers.registry import carriers  # noqa: PLC0415

    return [f"{name}:" for name in carriers()]


def _interfaces() -> Iterable[str]:
    from socket import if_nameindex  # noqa: PLC0415

    return [name for _, name in if_nameindex()]


def _choices() -> Iterable[str]:
    from inspector.filters.fields import ALL, enumerated  # noqa: PLC0415

    values = enumerated()
    for field in ("pattern", *(each for each in ALL if each != "pattern")):
        yield f"{field}="
        yield from (f"{field}={each}" for each in values.get(field, ()))


complete_file = _paths("file")
complete_folder = _paths("dir")
complete_check = _words(_checks)
complete_view = _words(_views)
complete_carrier = _words(_carriers)
complete_interface = _words(_interfaces)
complete_choice = _words(_choices)
complete_redaction = _words(lambda: ("auto", "data."))


def complete_field(
    _: click.Context, __: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Complete the last word of an expression, or of a list of them.

    What precedes it is kept; after a dot are keys of data, which nobody knows.
    """
    from inspector.filters.fields import ALL  # noqa: PLC0415 — where a shell asks

    return _last_word(incomplete, lambda _: ALL)


def complete_condition(
    _: click.Context, __: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Complete the last word of a condition: in parentheses it is about exchanges."""
    from inspector.filters.conditions import SEVERITIES, TOTALS  # noqa: PLC0415
    from inspector.filters.fields import ALL  # noqa: PLC0415

    outside = (*TOTALS, *SEVERITIES, "carriers", *_FIGURES)
    return _last_word(
        incomplete,
        lambda before: ALL if before.count("(") > before.count(")") else outside,
    )


def _last_word(
    incomplete: str, words: Callable[[str], Iterable[str]]
) -> list[CompletionItem]:
    from string import ascii_letters, digits  # noqa: PLC0415

    from click.shell_completion import CompletionItem  # noqa: PLC0415

    before = incomplete.rstrip(f"{ascii_letters}{digits}_")
    if before.endswith("."):
        return []
    word, found = incomplete[len(before) :], words(before)
    return [CompletionItem(before + each) for each in found if each.startswith(word)]
