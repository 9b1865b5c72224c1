"""``--otlp``: what a run shows goes to a collector of OpenTelemetry as well."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from inspector.errors import InspectorError, UnwritableOutputError
from inspector.installing import is_installed, pip_command
from protocol.lazy_regex import lazy_regex
from protocol.named_tuple import NamedTuple

from .speech import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from inspector.calls.exchanges import Exchange
    from inspector.figures.report import Report
    from inspector.telemetry.collecting import Telemetry
    from inspector.telemetry.settings import Settings, Target
    from inspector.views.output_format import LiveView

    from .ports import Observe

SLOW_NS = 500_000_000
"""From how long on a call is slow, unless somebody says otherwise."""
_PACKAGES = {
    "google.protobuf": "protobuf",
    "opentelemetry.proto": "opentelemetry-proto",
}
_TIMEOUT_S = 10.0  # as of exporters of OpenTelemetry
_SHARE = lazy_regex(r"1/([1-9]\d{0,8})|(\d{1,3}(?:\.\d+)?)%")
_ALL = 100  # per cent


class Collector(NamedTuple):
    """Where telemetry goes, and which exchanges become spans.

    Attributes:
        target: The collector.
        settings: What the environment says.
        share: The share of traces that are sent whatever they are, from 0 to 1.
    """

    target: Target
    settings: Settings
    share: float


class Share(click.ParamType):  # type: ignore[type-arg]  # generic only in types
    """A share of all: ``1/100``, ``1%``."""

    name = "share"

    def convert(
        self,
        value: object,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> float:
        """Return a number above 0, up to 1; fail if it is malformed."""
        if isinstance(value, float):
            return value
        found = _SHARE.fullmatch(str(value))
        share = 0.0
        if found is not None:
            share = 1 / int(found[1]) if found[1] else float(found[2]) / _ALL
        if not 0 < share <= 1:
            self.fail(f"{value!r} is not a share, such as 1/100 or 1%", param, ctx)
        return share


otlp_option = click.option(
    "--otlp",
    metavar="URL",
    help="Send metrics and spans to this collector: http://127.0.0.1:4318.",
)
sample_option = click.option(
    "--sample",
    "share",
    type=Share(),
    metavar="SHARE",
    help="Send spans of this share of traces, too: 1/100. Slow and failed go anyway.",
)


def collector_of(url: str | None, share: float | None) -> Collector | None:
    """Return the collector that options name; None for none.

    Raises:
        click.UsageError: They contradict one another.
        InspectorError: The URL or the environment is malformed, or a package lacks.
    """
    if url is None:
        if share is not None:
            raise click.UsageError("--sample chooses spans for --otlp")
        return None
    lacking = [each for name, each in _PACKAGES.items() if not is_installed(name)]
    if lacking:
        command = pip_command("install", *lacking)
        are = "is" if len(lacking) == 1 else "are"
        problem = f"{' and '.join(lacking)} {are} not installed; {command}"
        raise InspectorError("--otlp", problem)
    from inspector.telemetry.settings import (  # noqa: PLC0415 — an extra
        settings_of,
        target_of,
    )

    try:
        return Collector(target_of(url), settings_of(os.environ), share or 0)
    except ValueError as error:
        raise InspectorError("--otlp", str(error)) from None


@contextmanager
def exported(collector: Collector, slow_ns: int) -> Iterator[Observe]:
    """Send what a live run shows for as long as the block lasts.

    Args:
        collector: Where to.
        slow_ns: From how long on a call is slow.

    Yields:
        What makes a view send what it shows.

    Raises:
        UnwritableOutputError: At the end, not all of it could be sent.
    """
    from inspector.telemetry.observing import TelemetryView  # noqa: PLC0415 — an extra

    with _opened(collector, slow_ns, chains=False) as telemetry:

        def observe(view: LiveView, source: str) -> LiveView:
            telemetry.source = source
            interval_s = collector.settings.interval_s
            return TelemetryView(view, telemetry, _warn, interval_s)

        yield observe


@contextmanager
def sent(collector: Collector, slow_ns: int | None) -> Iterator[Telemetry]:
    """Gather what a capture shows, and send it before the block ends.

    Raises:
        UnwritableOutputError: At the end, not all of it could be sent.
    """
    with _opened(collector, slow_ns or SLOW_NS, chains=True) as telemetry:
        yield telemetry


def gathered(
    exchanges: Iterator[Exchange], telemetry: Telemetry, report: Callable[[], Report]
) -> Iterator[Exchange]:
    """Pass on exchanges, and gather each; after the last, the figures of a report.

    Args:
        exchanges: The exchanges.
        telemetry: Where they are gathered.
        report: Returns the report, when all are over.
    """
    for exchange in exchanges:
        telemetry.add_exchange(exchange)
        for sentence in telemetry.sentences():
            _warn(sentence)
        yield exchange
    figures = report()
    telemetry.metrics.update(figures, None, None)
    telemetry.publish(figures.first_ns or 0, figures.last_ns)


def _warn(sentence: str) -> None:
    say(sentence, "warning")


@contextmanager
def _opened(collector: Collector, slow_ns: int, *, chains: bool) -> Iterator[Telemetry]:
    from inspector.telemetry.choosing import Choice  # noqa: PLC0415 — an extra
    from inspector.telemetry.collecting import Telemetry  # noqa: PLC0415
    from inspector.telemetry.exporting import Exporter  # noqa: PLC0415
    from inspector.telemetry.sending import Sender  # noqa: PLC0415

    target, settings, share = collector
    sender = Sender(target, settings.headers, _TIMEOUT_S)
    exporter = Exporter(sender, target, settings.resource)
    choice = Choice(slow_ns, share, chains=chains)
    telemetry = Telemetry(exporter, choice, settings.resource, waits=chains)
    try:
        yield telemetry
    finally:
        left = telemetry.close()
        for sentence in telemetry.sentences():
            _warn(sentence)
    if left:
        raise UnwritableOutputError(f"otlp: {target}", f"{left} could not be sent")
