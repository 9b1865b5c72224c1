"""``protocol-inspect check``: whether traffic is as a contract says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .contract_options import closed_option, contract_option, fail_on_violations
from .options import capture_options
from .run import Run

if TYPE_CHECKING:
    from inspector.contracts.checking import Checking

    from .run_options import RunOptions


@click.command()
@contract_option(required=True)
@closed_option
@capture_options
def check(options: RunOptions, checking: Checking | None, *, closed: bool) -> None:
    """Check traffic against a contract.

    A violation is a payload that is not as the contract says, or an unknown pattern.
    The exit code is 1 if there is one, and also if no exchange was there to check,
    unless --allow-empty is given.

    \b
    Example:
      protocol-inspect check captures/seed-python.pcap --contract captures/seed.json
    """
    assert checking is not None  # as it is required
    checking.closed = closed
    run = Run(options, exchanges_only=True)
    options.format.check(checking, run)
    run.finish()
    fail_on_violations(checking, allow_empty=options.allow_empty)
