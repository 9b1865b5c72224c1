"""What is marked or listed in the browser as a page, as ``--html`` writes it.

The captures are read once more, beside the browser, for what these exchanges are about.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from inspector.errors import UnwritableOutputError
from inspector.library.given import Captures
from inspector.library.passes import Pass
from inspector.page.data import Origin, page_data
from inspector.page.document import check_engine, document
from inspector.page.gathering import Gathering
from inspector.views.report_view import shown_name
from inspector.words import plural

from .standard_output import check_no_input, check_writable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from inspector.calls.exchanges import Exchange
    from inspector.findings.finding import Finding

    from .run_options import RunOptions

_KEY = "w"
"""The key that writes, which an error names."""


def write_page(options: RunOptions, file: str, chosen: Collection[int]) -> str:
    """Write a page of some exchanges, and return what is to be said of it.

    Args:
        options: What was asked for; secrets are hidden if it says so.
        file: Where to.
        chosen: The numbers of the exchanges.

    Raises:
        InspectorError: The extra ``html`` is not installed, or the file is read.
        UnwritableOutputError: The file cannot be written.
    """
    check_page(options, file)
    return save_page(_page(options, file, frozenset(chosen)), file, len(chosen))


def check_page(options: RunOptions, file: str) -> None:
    """Make sure that a page can be written, before anything is made of it.

    Raises:
        InspectorError: The extra ``html`` is not installed, or the file is read.
        UnwritableOutputError: The file cannot be written.
    """
    check_engine()
    check_no_input(_KEY, file, options.captures, options.keylog)
    check_writable(_KEY, file)


def save_page(page: str, file: str, count: int) -> str:
    """Write a page of so many exchanges, and return what is to be said of it.

    Raises:
        UnwritableOutputError: The file cannot be written.
    """
    try:
        Path(file).write_text(page, encoding="utf-8")
    except OSError as error:
        raise UnwritableOutputError.of(f"{_KEY}: {file}", error) from None
    what = plural(count, "exchange")
    return f"wrote a page of {what} to {Path(file).resolve()}"


def _page(options: RunOptions, file: str, chosen: frozenset[int]) -> str:
    options = replace(options, where=lambda exchange: exchange.number in chosen)
    inspection = options.inspection()
    if inspection.keylog is not None:
        inspection = replace(inspection, keylog=inspection.keylog.apart())
    journal, gathered = options.journal(beginnings=False), Gathering()
    passed = Pass(Captures(options.captures), inspection, [journal])
    for packet in journal.read(_noted(passed.items(), gathered)):
        gathered.add_packet(packet)
    gathered.finish()
    problems = [
        str(each).replace(name, shown_name(name))
        for each in passed.problems
        for name in options.captures
        if name in str(each)
    ]
    redacted = options.redaction is not None
    origin = Origin(
        options.captures,
        options.repeated,
        redacted=redacted,
        problems=problems,
        file=file,
        described=bool(options.described),
    )
    return document(page_data(passed.report(), gathered, origin))


def _noted(
    items: Iterable[Exchange | Finding], gathered: Gathering
) -> Iterator[Exchange | Finding]:
    for item in items:
        gathered.add(item)
        yield item
