"""How ``live`` and ``proxy`` begin: their source, who sees what it shows, the run."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING

from inspector.sources.rotation import CaptureFiles

from .contract_options import fail_on_violations
from .live_run import LiveRun
from .otlp import exported
from .screens import check_terminal
from .speech import say

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from inspector.contracts.checking import Checking, Violation
    from inspector.views.output_format import Format, LiveView

    from .live_browsing import BrowsedRun
    from .live_options import LiveOptions
    from .live_run import Source
    from .ports import Observe


class Notifier:
    """Passes on what happens to a source: to a view that has room, or to stderr.

    Attributes:
        view: The view, once there is one.
    """

    def __init__(self) -> None:
        self.view: LiveView | None = None

    def __call__(self, words: str) -> None:
        """Pass on a sentence."""
        if self.view is None or not self.view.notice(words):
            say(words, "warning")


def run_live(
    open_source: Callable[[Callable[[str], None]], Source], options: LiveOptions
) -> None:
    """Inspect a source while it goes on, as it was asked for.

    Args:
        open_source: Begins to listen; the file to write is open by then. It is given
            what takes a sentence about the source.
        options: What was asked for.

    Raises:
        SystemExit: With the exit code, if it is not 0.
    """
    if options.browse:
        check_terminal("--browse")
    with ExitStack() as stack:
        observed = _observed(options, stack)
        run = _begun(open_source, options, observed)
        run()
    if options.checking is not None:
        fail_on_violations(options.checking, allow_empty=options.run.allow_empty)


def _begun(
    open_source: Callable[[Callable[[str], None]], Source],
    options: LiveOptions,
    observed: Sequence[Observe],
) -> Callable[[], None]:
    """Open all that a run needs, and return what runs it, and closes that in the end.

    If something cannot be opened, what was opened before it is closed.
    """
    with ExitStack() as opened:
        file, rotation, rows = options.file, options.rotation, None
        files = None if file is None else CaptureFiles(file, rotation)
        if files is not None:
            opened.callback(files.close)
        notifier = Notifier()
        source = open_source(notifier)
        opened.callback(source.close)
        if options.parquet is not None:
            from .parquet_files import LiveRows  # noqa: PLC0415 — an extra

            rows = LiveRows(options.parquet, source.name, rotation.time_ns)
            opened.callback(rows.close)
        view, browsed = _view(source.name, options)
        opened.callback(view.close)
        for observe in observed:
            view = observe(view, source.name)
        if options.checking is not None:
            view = _checked(view, options.checking, options.run.format, notifier)
        notifier.view = view
        run = LiveRun(source, view, options.bounds, options.run, files, rows)
        opened.pop_all()  # the run closes them itself
    return run.run if browsed is None else partial(browsed.run, run)


def _view(name: str, options: LiveOptions) -> tuple[LiveView, BrowsedRun | None]:
    """Return what shows a run, and the browser if it is one that does."""
    if not options.browse:
        return options.run.format.live(name, options.bounds.slow_ns), None
    from .live_browsing import BrowsedRun  # noqa: PLC0415 — an extra

    browsed = BrowsedRun(name, options.run, options.history)
    return browsed.view, browsed


def _checked(
    view: LiveView, checking: Checking, chosen: Format, notifier: Notifier
) -> LiveView:
    """Return a view of which violations are reported: as lines if those are JSON."""
    from inspector.contracts.checking import Repeats  # noqa: PLC0415 — for this alone
    from inspector.views.check_view import (  # noqa: PLC0415 — the same
        violation_line,
        violation_words,
    )
    from inspector.views.checked_view import CheckedView  # noqa: PLC0415 — the same

    repeats = Repeats()

    def report(violation: Violation) -> None:
        if chosen.name == "json":
            chosen.write_line(violation_line(violation))
        elif repeats.take(violation):
            notifier(violation_words(violation))

    return CheckedView(view, checking, report)


def _observed(options: LiveOptions, stack: ExitStack) -> list[Observe]:
    """Return what makes others see what a view shows, and serve them meanwhile.

    Raises:
        InspectorError: A port cannot be listened on, or an extra is not installed.
    """
    observed = []
    if options.metrics is not None:
        from .metrics_port import counted  # noqa: PLC0415 — it takes http.server

        observed.append(stack.enter_context(counted(options.metrics)))
    if options.web is not None:
        from .web_port import shown  # noqa: PLC0415 — an extra

        redacted = options.run.redaction is not None
        known = bool(options.run.described)
        served = shown(options.web, redacted=redacted, described=known)
        observed.append(stack.enter_context(served))
    if options.collector is not None:
        slow_ns = options.bounds.slow_ns
        chains = options.run.where is None  # what was left out may have caused what
        sends = exported(options.collector, slow_ns, chains=chains)
        observed.append(stack.enter_context(sends))
    return observed
