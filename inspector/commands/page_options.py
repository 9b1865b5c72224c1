"""``--html FILE`` and ``--no-redact``: what is written besides, with secrets hidden."""

from __future__ import annotations

from typing import Any

import click

html_option = click.option(
    "--html",
    metavar="FILE",
    help="Also save the report as a page (HTML) to look around in; hides secrets.",
)
no_redact_option = click.option(
    "--no-redact",
    is_flag=True,
    help="Hide nothing in the page of --html, nor in other output.",
)


# decision 177: --html hides secrets in the whole run
def take_page(given: dict[str, Any]) -> bool:
    """Hide secrets where a page, or payloads in files, are asked for.

    Args:
        given: The parameters of a command; ``--no-redact`` is removed.

    Returns:
        Whether nothing is to be hidden.

    Raises:
        click.UsageError: ``--no-redact`` has nothing to say about, or is contradicted.
    """
    bare: bool = given.pop("no_redact", False)
    wanted = "parquet" if "parquet" in given else "html"
    if bare and given.get(wanted) is None:
        raise click.UsageError(f"--no-redact is for --{wanted}, which hides secrets")
    if bare and (given["redaction"] or given["redact_channels"]):
        raise click.UsageError("--no-redact hides nothing; it excludes --redact")
    hides = given.get("html") is not None or given.get("payloads")
    if hides and not bare:
        from inspector.redaction.texts import AUTO  # noqa: PLC0415 — for these alone

        given["redaction"] = (*given["redaction"], AUTO)
    return bare
