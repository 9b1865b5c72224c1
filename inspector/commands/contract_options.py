"""``--contract FILE``: what traffic is checked against, and what comes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from inspector.words import plural, verb
from protocol.on_demand import on_demand

from .completing import complete_file
from .speech import say

if TYPE_CHECKING:
    from collections.abc import Callable

    from inspector.contracts.checking import Checking
    from inspector.contracts.document import read_contract
else:  # decision 158
    Checking = on_demand("inspector.contracts.checking:Checking")
    read_contract = on_demand("inspector.contracts.document:read_contract")


def _read(_: click.Context, __: click.Parameter, file: str | None) -> Checking | None:
    return None if file is None else Checking(read_contract(file), name=file)


def contract_option(
    *, required: bool
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return the option, whose value is what checks exchanges."""
    return click.option(
        "--contract",
        "checking",
        metavar="FILE",
        shell_complete=complete_file,
        required=required,
        callback=_read,
        help="Check payloads against this contract, as contract --json writes it.",
    )


closed_option = click.option(
    "--closed",
    is_flag=True,
    help="Take keys that the contract does not name for violations.",
)


def fail_on_violations(checking: Checking, *, allow_empty: bool) -> None:
    """Say what fails a run, and end it, if anything does.

    Args:
        checking: What has compared all exchanges.
        allow_empty: Whether a run passes without any exchange.

    Raises:
        SystemExit: An exchange violates the contract, or there was none.
    """
    if checking.violating:
        count = plural(checking.violating, "exchange")
        words = verb(checking.violating, "violates")
        say(f"--contract: {count} {words} {checking.name}", "error")
        raise SystemExit(1)
    if not checking.checked and not allow_empty:
        hint = "--allow-empty lets it pass"
        say(f"--contract: no exchange to check ({hint})", "error")
        raise SystemExit(1)
