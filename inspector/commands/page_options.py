"""``--html FILE``: the report as a page besides, with secrets hidden in all output.

So are they where ``--otlp`` sends what is found to somebody else.
"""

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


bare_option = click.option(
    "--no-redact",
    is_flag=True,
    help="Hide nothing in what --otlp sends, nor in other output.",
)


# decision 177: --html hides secrets in the whole run
def take_page(given: dict[str, Any]) -> bool:
    """Hide secrets in what leaves; return whether nothing is to be hidden.

    Args:
        given: The parameters of a command; ``--no-redact`` is removed.

    Raises:
        click.UsageError: ``--no-redact`` has nothing to say about, or is contradicted.
    """
    bare: bool = given.pop("no_redact", False)
    leaves = any(given.get(name) is not None for name in ("html", "otlp"))
    if bare and not leaves:
        option = "--otlp" if "otlp" in given else "--html"
        raise click.UsageError(f"--no-redact is for {option}, which hides secrets")
    if bare and (given["redaction"] or given["redact_channels"]):
        raise click.UsageError("--no-redact hides nothing; it excludes --redact")
    if leaves and not bare:
        from inspector.redaction.texts import AUTO  # noqa: PLC0415 — hardly needed

        given["redaction"] = (*given["redaction"], AUTO)
    return bare
