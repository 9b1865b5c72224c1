"""``--html FILE`` and ``--no-redact``: what leaves besides, with secrets hidden.

So are they in what ``--otlp`` sends, and in payloads that ``--parquet`` writes.
"""

from __future__ import annotations

from typing import Any

import click

from .completing import complete_file

html_option = click.option(
    "--html",
    metavar="FILE",
    shell_complete=complete_file,
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
    help="Hide nothing in --otlp and --parquet, nor in other output.",
)


# decision 177: --html hides secrets in the whole run
def take_page(given: dict[str, Any]) -> bool:
    """Hide secrets in what leaves; return whether nothing is to be hidden.

    Args:
        given: The parameters of a command; ``--no-redact`` is removed.

    Returns:
        Whether nothing is to be hidden.

    Raises:
        click.UsageError: ``--no-redact`` has nothing to say about, or is contradicted.
    """
    bare: bool = given.pop("no_redact", False)
    leaving = [name for name in ("html", "otlp", "parquet") if name in given]
    if bare and all(given[name] is None for name in leaving):
        options = " and ".join(f"--{name}" for name in leaving)
        hide = "hide" if len(leaving) > 1 else "hides"
        raise click.UsageError(f"--no-redact is for {options}, which {hide} secrets")
    sent = any(given.get(name) is not None for name in ("html", "otlp"))
    if bare or sent or given.get("payloads"):
        hide_unless(given, bare=bare)
    return bare


def hide_unless(given: dict[str, Any], *, bare: bool) -> None:
    """Hide secrets in all that a command shows, unless nothing is to be hidden.

    Args:
        given: The parameters of the command; ``redaction`` is extended.
        bare: Whether nothing is to be hidden.

    Raises:
        click.UsageError: Something is to be hidden all the same.
    """
    if bare and (given["redaction"] or given["redact_channels"]):
        raise click.UsageError("--no-redact hides nothing; it excludes --redact")
    if not bare:
        from inspector.redaction.texts import AUTO  # noqa: PLC0415 — hardly needed

        given["redaction"] = (*given["redaction"], AUTO)
