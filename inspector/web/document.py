"""The page as the port answers it: nothing is seen until the first state comes."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from inspector.page.document import document

if TYPE_CHECKING:
    from inspector.figures.report import Report

    from .live_page import LivePage

_EVENTS = "events"  # beside the page, whatever is before its path


def live_document(page: LivePage, report: Report) -> str:
    """Return the page of a live run.

    Args:
        page: What it shows.
        report: That of no packet.
    """
    return document(
        page.first(report),
        _EVENTS,
        more_style=_text("live.css"),
        more_script=_text("live.js"),
    )


def _text(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
