"""``protocol-inspect explain``: what Nest makes of a frame, character by character."""

from __future__ import annotations

import os
import sys
from itertools import islice
from typing import TYPE_CHECKING

import click

from inspector.errors import InspectorError
from inspector.explain.explanation import Explanation
from inspector.explain.explanation import explain as explain_frames
from inspector.sources.files import STDIN
from protocol.lazy_regex import lazy_regex

from .options import output_options
from .prompts import AskedArgument, as_it_is, ask
from .speech import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inspector.views.output_format import Format

_MAX_BYTES = 2**20
_MAX_FRAMES = 1000
_APART = lazy_regex(r"0[xX]|[\s:,]+")
_NO_DIGIT = lazy_regex("[^0-9a-fA-F]")


def _ask_text() -> str:
    return ask("Frame", as_it_is, hint='as it is sent, 7#{"a":1}')


@click.command()
@click.argument("text", cls=AskedArgument, ask=_ask_text, metavar="TEXT")
@click.option("--hex", "as_hex", is_flag=True, help="Read TEXT as hexadecimal digits.")
@output_options
def explain(chosen: Format, text: str, *, as_hex: bool) -> None:
    """Explain frames: length, packet, and what Nest does with them.

    TEXT is one or more frames as they are sent, or - for stdin. Put it in single
    quotes, since the shell removes double quotes.

    \b
    Example:
      protocol-inspect explain '14#{"a":"é😀"}'
    """
    data = _given(text)
    frames = explain_frames(_from_hex(data) if as_hex else data)
    found = list(islice(frames, _MAX_FRAMES))
    if not found:
        raise InspectorError("explain", 'no frame; one looks like 7#{"a":1}')
    chosen.explain(found)
    _tell_rest(found, frames)


def _given(text: str) -> bytes:
    """Return the bytes of an argument or of stdin.

    Raises:
        InspectorError: There are more than a person would paste.
    """
    data = os.fsencode(text)
    if text == STDIN:
        data = sys.stdin.buffer.read(_MAX_BYTES + 1)
    if len(data) > _MAX_BYTES:
        problem = "more than 1 MiB; a capture is read by protocol-inspect FILE"
        raise InspectorError("explain", problem)
    return data


def _from_hex(digits: bytes) -> bytes:
    """Return the bytes that hexadecimal digits name, however they are set apart.

    Raises:
        InspectorError: They name none.
    """
    compact = _APART.sub("", digits.decode("ascii", "replace"))
    try:
        return bytes.fromhex(compact)
    except ValueError:
        wrong = _NO_DIGIT.search(compact)
        problem = (
            f"{wrong[0]!r} is not a hexadecimal digit"
            if wrong
            else "an odd number of digits"
        )
        raise InspectorError("--hex", problem) from None


def _tell_rest(found: list[Explanation], rest: Iterator[Explanation]) -> None:
    if next(rest, None) is not None:
        say(f"explain: only the first {len(found):,} frames are explained", "warning")
