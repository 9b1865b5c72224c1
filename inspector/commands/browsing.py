"""A browser over captures, from the options to the exit code."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace
from rich.console import Console

from inspector.browser.app import Browser
from inspector.browser.desk import Desk, is_page
from inspector.browser.looking import Looking
from inspector.browser.session import CaptureSession
from inspector.library.given import Captures
from inspector.library.passes import Pass
from inspector.redaction.patches import PatchTap
from inspector.sources.files import size_of
from inspector.sources.omission import omission
from inspector.views.progress import ProgressBar
from inspector.views.report_view import names_shown
from inspector.views.shell_words import shell_word
from inspector.words import plural

from .run import no_traffic
from .run_options import redaction_of
from .speech import say
from .subset import check_output, left_out_words, refuse_encrypted, write_subset

if TYPE_CHECKING:
    from collections.abc import Collection

    from .run_options import RunOptions

_PATIENCE_S = 0.5
"""How long the screen waits for a capture to be read whole, which is calmer."""
_STEP_S = 0.1
_KEY = "w"
"""The key that writes, which an error names."""


def browse_captures(options: RunOptions) -> None:
    """Show captures until the person quits.

    Raises:
        SystemExit: With the code of the first capture that cannot be read, or only in
            part.
    """
    captures, inspection = options.captures, options.inspection()
    session = CaptureSession(captures, inspection, names_shown(captures), options.times)
    session.start()
    try:
        if _has_something(session, captures):
            Browser(session, _desk(options)).run()
            session.check()
    finally:
        session.stop()
    _finish(session, options)


def _has_something(session: CaptureSession, captures: Collection[str]) -> bool:
    """Wait until there is something to show; return whether there is anything."""
    total = size_of(list(captures))
    console = Console(stderr=True)
    with ProgressBar(console, total) as bar:
        done = session.wait(_PATIENCE_S)
        while not (done or session.first_ns):
            done = session.wait(_STEP_S)
            bar.update(round(session.fraction * (total or 0)))
    report = session.report
    return report is None or bool(report.connections or report.requests.count)


def _finish(session: CaptureSession, options: RunOptions) -> None:
    """Say what is to be said, and end with the right code."""
    for problem in session.problems:
        say(str(problem), "error")
    for flaw in () if options.keylog is None else options.keylog.flaws:
        say(flaw, "warning")
    report = None if session.problems else session.report
    if report is not None and not (report.connections or report.requests.count):
        say(no_traffic(report, options.captures), "warning")
    if session.problems:
        raise SystemExit(session.problems[0].exit_code)


def _desk(options: RunOptions) -> Desk:
    words = "".join(f" {shell_word(word)}" for word in options.repeated)
    ports = "".join(f" --port {port}" for port in sorted(options.ports))
    named = "".join(
        f" --carrier {name}:{port}" for port, name in options.carriers.items()
    )
    return Desk(
        options.captures,
        f"{ports}{named}{words}",
        hidden=options.redaction is not None,
        looking=Looking(options.captures, options.inspection(), options.times),
        write=lambda file, chosen, hidden: _write(options, file, chosen, hidden),
    )


def _write(
    options: RunOptions,
    file: str,
    chosen: Collection[int],
    hidden: bool,  # noqa: FBT001 — what a person answered
) -> str:
    """Write exchanges as a capture, or as a page, and return what is to be said of it.

    Raises:
        InspectorError: The file cannot be written, or the captures are decrypted.
    """
    if hidden and options.redaction is None:
        options = replace(options, redaction=redaction_of(["auto"]))
    if is_page(file):
        from .browsed_page import write_page  # noqa: PLC0415 — an extra

        return write_page(options, file, chosen)
    check_output(file, options.captures)
    redacted = options.redaction is not None
    patches = PatchTap(redacted=redacted)
    asked = options.inspection(exchanges_only=True)
    numbers = frozenset(chosen)
    asked = replace(asked, where=lambda exchange: exchange.number in numbers)
    reading = Pass(Captures(options.captures), asked, [patches])
    if reading.decrypts:
        refuse_encrypted(_KEY)
    for item in reading.items():
        patches.add(item)  # type: ignore[arg-type] # nothing but exchanges is asked for
    left_out = write_subset(
        file, options.captures, patches, redacted=redacted, comment=omission("")
    )
    said = f"wrote {plural(len(numbers), 'exchange')} to {Path(file).resolve()}"
    return f"{said}; {left_out_words(left_out)}" if left_out else said
