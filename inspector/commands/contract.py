"""``protocol-inspect contract``: what the payloads of each pattern are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from inspector.calls.exchanges import Exchange
from inspector.contracts.document import contract_of
from inspector.contracts.gathering import Gathering
from inspector.words import plural

from .options import capture_options
from .run import Run
from .speech import say

if TYPE_CHECKING:
    from .run_options import RunOptions


@click.command()
@capture_options
def contract(options: RunOptions) -> None:
    """Infer what the payloads of each pattern are: schemas, types, skeletons.

    Every payload is looked at, and none is kept. --json writes the contract, which
    check and live take with --contract; --format json-schema, asyncapi, typescript
    and python write it for others.

    \b
    Example:
      protocol-inspect contract captures/seed-nest12.pcap --format typescript
    """
    run, gathering = Run(options, exchanges_only=True), Gathering()
    for item in run.items(quiet=True):
        if isinstance(item, Exchange):
            gathering.add(item)
    options.format.contract(contract_of(gathering), run)
    if gathering.left_out:
        left_out = plural(gathering.left_out, "exchange")
        patterns = plural(len(gathering.patterns), "pattern")
        say(f"{left_out} left out: there are more than {patterns}", "warning")
    run.finish()
