"""``--parquet DIR``: whether exchanges are written to files, and with what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from inspector.errors import InspectorError
from protocol.named_tuple import NamedTuple
from protocol.on_demand import on_demand

from .completing import complete_folder

if TYPE_CHECKING:
    from inspector.installing import is_installed, pip_command
else:  # decision 158
    is_installed = on_demand("inspector.installing:is_installed")
    pip_command = on_demand("inspector.installing:pip_command")

OPTION = "--parquet"

parquet_option = click.option(
    "--parquet",
    metavar="DIR",
    shell_complete=complete_folder,
    help="Write exchanges to files of Parquet in this folder, for query.",
)
payloads_option = click.option(
    "--payloads",
    is_flag=True,
    help="With --parquet: write payloads, patterns and ids, too; hides secrets.",
)


class ParquetOptions(NamedTuple):
    """Where exchanges are written to, and with what.

    Attributes:
        folder: Where to.
        payloads: Whether with payloads.
        hides: Whether secrets are hidden.
    """

    folder: str
    payloads: bool
    hides: bool


def check_extra(asked: str, *modules: str) -> None:
    """Make sure that an extra is installed.

    Args:
        asked: The option or command that needs it.
        modules: What it installs.

    Raises:
        InspectorError: It is not, with the command that installs it.
    """
    lacking = [each for each in modules if not is_installed(each)]
    if lacking:
        command = pip_command("install", *lacking)
        names = " and ".join(lacking)
        raise InspectorError(asked, f"{names} is not installed; {command}")


def take_parquet(given: dict[str, Any], *, bare: bool) -> ParquetOptions | None:
    """Return where exchanges are written, and remove the options from the parameters.

    Args:
        given: The parameters of a command.
        bare: Whether nothing is to be hidden.

    Raises:
        click.UsageError: Payloads are asked for, and no files.
        InspectorError: The extra ``parquet`` is not installed.
    """
    folder, payloads = given.pop("parquet"), given.pop("payloads")
    if folder is None:
        if payloads:
            raise click.UsageError("--payloads is for --parquet")
        return None
    check_extra(OPTION, "pyarrow")
    return ParquetOptions(folder, payloads, hides=not bare)
