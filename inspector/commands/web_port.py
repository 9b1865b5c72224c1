"""``--web``: a port at which a browser shows a live run."""

from __future__ import annotations

import socket
from contextlib import contextmanager
from ipaddress import ip_address
from typing import TYPE_CHECKING

import click

from inspector.errors import InspectorError
from inspector.figures.report import Report
from inspector.installing import is_installed, pip_command

from .ports import endpoint_of, listen
from .speech import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inspector.streams.endpoints import Endpoint

    from .ports import Observe

_PACKAGES = ("jinja2", "starlette", "uvicorn")


@contextmanager
def shown(
    where: Endpoint, *, redacted: bool, described: bool = False
) -> Iterator[Observe]:
    """Serve the page for as long as the block lasts.

    Args:
        where: The port; 0 for one that is free.
        redacted: Whether secrets are hidden in what it shows.
        described: Whether files say what the messages of gRPC are.

    Yields:
        What lets viewers of the page see what a view shows.

    Raises:
        InspectorError: The port cannot be listened on, or an extra is not installed.
    """
    _check_extras()
    from inspector.web.application import application  # noqa: PLC0415 — an extra
    from inspector.web.board import Board  # noqa: PLC0415
    from inspector.web.document import live_document  # noqa: PLC0415
    from inspector.web.guarding import is_loopback, new_token  # noqa: PLC0415
    from inspector.web.live_page import LivePage  # noqa: PLC0415
    from inspector.web.serving import served  # noqa: PLC0415
    from inspector.web.watching import WatchedView  # noqa: PLC0415

    board, command = Board(), click.get_current_context().info_name
    words = f"protocol-inspect {command} --web"
    page = LivePage(words, redacted=redacted, described=described)
    html = live_document(page, Report())
    with listen(where) as listener:
        bound = endpoint_of(listener)
        token = None if is_loopback(bound.address) else new_token()
        with served(listener, application(board, html, token), board):
            say(f"web: {_address(bound, token)}", "command")
            yield lambda view, source: WatchedView(
                view, board, page.named(source), lambda words: say(words, "warning")
            )


def _check_extras() -> None:
    """Make sure that a page can be made, and served.

    Raises:
        InspectorError: An extra is not installed.
    """
    lacking = [name for name in _PACKAGES if not is_installed(name)]
    if lacking:
        are = "is" if len(lacking) == 1 else "are"
        command = pip_command("install", *lacking)
        problem = f"{' and '.join(lacking)} {are} not installed; {command}"
        raise InspectorError("--web", problem)


def _address(bound: Endpoint, token: str | None) -> str:
    """Return what a person opens."""
    if ip_address(bound.address).is_unspecified:  # others know it by its name
        bound = bound._replace(address=socket.gethostname())
    return f"http://{bound}/" + (f"?token={token}" if token else "")
