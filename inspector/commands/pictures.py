"""``--svg FILE`` and ``--png FILE``: what a view showed, as a picture."""

from __future__ import annotations

from os.path import realpath
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from inspector.errors import InspectorError, UnwritableOutputError
from inspector.sources.files import STDIN
from protocol.named_tuple import NamedTuple
from protocol.on_demand import on_demand

from .completing import complete_file
from .standard_output import check_no_input, check_writable

if TYPE_CHECKING:
    from inspector.installing import is_installed, pip_command

    from .standard_output import StandardOutput
else:  # decision 158
    is_installed = on_demand("inspector.installing:is_installed")
    pip_command = on_demand("inspector.installing:pip_command")

_OTHERS = (".svg", ".png", ".jpg", ".jpeg", ".gif", ".webp", ".pdf", ".html")
"""Ends of names that say what a picture is."""

svg_option = click.option(
    "--svg",
    metavar="FILE",
    shell_complete=complete_file,
    help="Also save the output as a picture (SVG).",
)
png_option = click.option(
    "--png",
    metavar="FILE",
    shell_complete=complete_file,
    help="Also save it as a picture in pixels (PNG).",
)
PICTURES = ("svg", "png")
"""The parameters of these options."""


class Picture(NamedTuple):
    """A picture that is asked for.

    Attributes:
        kind: ``svg`` or ``png``.
        file: Where it is written to.
    """

    kind: str
    file: str

    @property
    def option(self) -> str:
        """The option that asks for it."""
        return f"--{self.kind}"

    def check(self) -> None:
        """Make sure that it can be written, before captures are read for long.

        Raises:
            click.UsageError: Its name is that of another kind of picture.
            InspectorError: An extra is not installed.
            UnwritableOutputError: It cannot be written.
        """
        ending = Path(self.file).suffix.lower()
        if ending in _OTHERS and ending != f".{self.kind}":
            title = self.kind.upper()
            raise click.UsageError(
                f"{self.option} writes {title}, and {self.file} is named otherwise"
            )
        if self.kind == "png" and not is_installed("resvg_py"):
            problem = f"resvg-py is not installed; {pip_command('install', 'resvg-py')}"
            raise InspectorError(self.option, problem)
        check_writable(self.option, self.file)

    def write(self, drawn: str) -> None:
        """Write it.

        Raises:
            UnwritableOutputError: It cannot be written, or not be drawn in pixels.
        """
        data = drawn.encode() if self.kind == "svg" else self._raster(drawn)
        try:
            Path(self.file).write_bytes(data)
        except OSError as error:
            name = f"{self.option}: {self.file}"
            raise UnwritableOutputError.of(name, error) from None

    def _raster(self, drawn: str) -> bytes:
        from inspector.views.raster import RasterError, png  # noqa: PLC0415 — an extra

        try:
            return png(drawn)
        except RasterError as error:
            raise UnwritableOutputError(self.option, str(error)) from None


def take_pictures(given: dict[str, Any], shown: str | None) -> list[Picture]:
    """Return the pictures among the parameters of a command, and remove them there.

    Args:
        given: The parameters.
        shown: The option by which what is written is no view; None if it is one.

    Raises:
        click.UsageError: What is written has no picture, or it is named otherwise.
        InspectorError: An extra is not installed, or a picture would replace a capture.
        UnwritableOutputError: A picture cannot be written.
    """
    files = [(kind, given.pop(kind, None)) for kind in PICTURES]
    pictures = [Picture(kind, file) for kind, file in files if file is not None]
    for each in pictures:
        if shown is not None:
            raise click.UsageError(f"{each.option} draws a view, which {shown} is not")
        each.check()
        captures = given.get("captures", (STDIN,))  # a live run reads that
        check_no_input(each.option, each.file, captures, given.get("keylog"))
    written = given.get("subset") or given.get("file")  # of files, and of live runs
    check_apart(
        {
            "--html": given.get("html"),
            "--write": written,
            **{each.option: each.file for each in pictures},
        }
    )
    return pictures


def check_apart(files: dict[str, str | None]) -> None:
    """Make sure that no two options write the same file.

    Args:
        files: Option → the file that it writes, if it is given.

    Raises:
        click.UsageError: Two do.
    """
    taken: dict[Path, str] = {}
    for option, file in files.items():
        if file is None:
            continue
        other = taken.setdefault(Path(realpath(file)), option)
        if other != option:
            raise click.UsageError(f"{other} and {option} write the same file: {file}")


def save(pictures: list[Picture], output: StandardOutput) -> None:
    """Write pictures of what was shown, if anything was.

    Raises:
        UnwritableOutputError: One cannot be written.
    """
    drawn = output.picture() if pictures else None
    if drawn is not None:
        for each in pictures:
            each.write(drawn)
