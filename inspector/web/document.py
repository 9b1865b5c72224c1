"""The page as the port answers it."""

from __future__ import annotations

from protocol.named_tuple import NamedTuple


class Document(NamedTuple):
    """A page.

    Attributes:
        html: Its text.
        policy: Its ``Content-Security-Policy``.
    """

    html: str
    policy: str


def document() -> Document:
    """Return the page of a live run."""
    return Document("<!doctype html><title>live</title>", "default-src 'none'")
