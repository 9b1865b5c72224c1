"""``protocol-inspect proxy``: forward traffic to a service, and show it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import click

from inspector.errors import InspectorError

from .completing import complete_file
from .live_options import live_options
from .live_running import run_live
from .prompts import AskedArgument, ask
from .speech import say

if TYPE_CHECKING:
    from collections.abc import Callable

    from inspector.sources.proxy import Proxy, Route

    from .live_options import LiveOptions

_HERE = "127.0.0.1"


def _ask_route() -> tuple[str, str]:
    """Ask where clients connect, and where that leads."""
    listen = ask("Listen", partial(_endpoint, host=_HERE), hint="PORT or HOST:PORT")
    return listen, ask("Target", _endpoint, hint="HOST:PORT of the service")


def _endpoint(answer: str, host: str | None = None) -> str:
    """Return an answer that is an endpoint.

    Raises:
        click.BadParameter: It is none.
    """
    from inspector.sources.proxy import endpoint  # noqa: PLC0415

    try:
        endpoint(answer, host=host)
    except InspectorError as error:
        raise click.BadParameter(str(error)) from None
    return answer


@click.command()
@click.argument(
    "routes",
    cls=AskedArgument,
    ask=_ask_route,
    nargs=-1,
    required=True,
    metavar="LISTEN TARGET ...",
)
@click.option(
    "--client-cert",
    metavar="FILE",
    shell_complete=complete_file,
    help="Speak TLS with clients, and present this certificate (PEM).",
)
@click.option(
    "--client-key",
    metavar="FILE",
    shell_complete=complete_file,
    help="Its private key, if in another file.",
)
@click.option("--target-tls", is_flag=True, help="Speak TLS with the target.")
@click.option(
    "--target-ca",
    metavar="FILE",
    shell_complete=complete_file,
    help="Authorities to trust there (PEM); implies --target-tls.",
)
@live_options
def proxy(  # noqa: PLR0913 — one for each option of its own
    options: LiveOptions,
    routes: tuple[str, ...],
    client_cert: str | None,
    client_key: str | None,
    target_ca: str | None,
    *,
    target_tls: bool,
) -> None:
    """Forward traffic to services, and show their requests and replies.

    LISTEN is PORT or HOST:PORT, TARGET is HOST:PORT; several pairs may be given.
    Bytes are forwarded unchanged. No privileges are needed.

    \b
    Example:
      protocol-inspect proxy 8888 127.0.0.1:8889
    """
    from inspector.sources.proxy import Proxy, tls_for_clients, tls_for_target  # noqa: PLC0415

    if client_key is not None and client_cert is None:
        raise click.UsageError("--client-key needs --client-cert")
    for_clients = tls_for_clients(client_cert, client_key) if client_cert else None
    for_target = tls_for_target(target_ca) if target_tls or target_ca else None
    wanted = [
        route._replace(client_tls=for_clients, target_tls=for_target)
        for route in _routes(routes)
    ]

    def open_source(tell: Callable[[str], None]) -> Proxy:
        source = Proxy(wanted, tell)
        say(f"listening: {source.name}", "command")
        return source

    run_live(open_source, options)


def _routes(words: tuple[str, ...]) -> list[Route]:
    from inspector.sources.proxy import Route, endpoint  # noqa: PLC0415

    if len(words) % 2:
        raise click.UsageError(f"{words[-1]} has no target; LISTEN TARGET go in pairs")
    pairs = zip(words[::2], words[1::2], strict=True)
    return [
        Route(endpoint(listen, host=_HERE), endpoint(target))
        for listen, target in pairs
    ]
