"""``--otlp``: what a run shows goes to a collector of OpenTelemetry as well."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from inspector.errors import InspectorError, UnwritableOutputError
from inspector.installing import is_installed, pip_command
from protocol.lazy_regex import lazy_regex
from protocol.named_tuple import NamedTuple

from .speech import say

if TYPE_CHECKING:
    from collections.abc import Iterator

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


class Sending:
    """What a capture shows, on its way to a collector.

    Args:
        telemetry: Where it is gathered.
    """

    def __init__(self, telemetry: Telemetry) -> None:
        self._telemetry = telemetry

    def __call__(self, exchange: Exchange) -> None:
        """Take in an exchange; they come in the order of their requests."""
        self._telemetry.add_exchange(exchange)
        for sentence in self._telemetry.sentences():
            _warn(sentence)

    def finish(self, report: Report) -> None:
        """Take in the figures of all of them."""
        self._telemetry.metrics.update(report, None, None)
        self._telemetry.publish(report.first_ns or 0, report.last_ns)


@contextmanager
def exported(
    collector: Collector, slow_ns: int, *, chains: bool = True
) -> Iterator[Observe]:
    """Send what a live run shows for as long as the block lasts.

    Args:
        collector: Where to.
        slow_ns: From how long on a call is slow.
        chains: Whether it is sought who caused what, which takes all exchanges.

    Yields:
        What makes a view send what it shows.

    Raises:
        UnwritableOutputError: At the end, not all of it could be sent.
    """
    from inspector.telemetry.observing import TelemetryView  # noqa: PLC0415 — an extra

    with _opened(collector, slow_ns, live=True, chains=chains) as telemetry:

        def observe(view: LiveView, source: str) -> LiveView:
            telemetry.source = source
            interval_s = collector.settings.interval_s
            return TelemetryView(view, telemetry, _warn, interval_s)

        yield observe


@contextmanager
def sent(collector: Collector, source: str, slow_ns: int | None) -> Iterator[Sending]:
    """Send what a capture shows before the block ends.

    Args:
        collector: Where to.
        source: What is inspected.
        slow_ns: From how long on a call is slow; None for the usual.

    Yields:
        What is given its exchanges, and its report.

    Raises:
        UnwritableOutputError: At the end, not all of it could be sent.
    """
    slow_ns = slow_ns or SLOW_NS
    with _opened(collector, slow_ns, live=False, chains=True) as telemetry:
        telemetry.source = source
        yield Sending(telemetry)


@contextmanager
def _opened(
    collector: Collector, slow_ns: int, *, live: bool, chains: bool
) -> Iterator[Telemetry]:
    from inspector.telemetry.choosing import Choice  # noqa: PLC0415 — an extra
    from inspector.telemetry.collecting import Telemetry  # noqa: PLC0415
    from inspector.telemetry.exporting import Exporter  # noqa: PLC0415
    from inspector.telemetry.holding import Holding  # noqa: PLC0415
    from inspector.telemetry.sending import Sender  # noqa: PLC0415

    target, settings, share = collector
    sender = Sender(target, settings.headers, _TIMEOUT_S)
    exporter = Exporter(sender, target, settings.resource)
    choice = Choice(slow_ns, share, chains=chains)
    holding = Holding() if live and chains else None
    telemetry = Telemetry(
        exporter, choice, settings.resource, waits=not live, holding=holding
    )
    try:
        yield telemetry
    except BaseException:
        lack = _closed(telemetry, target)
        if lack is not None:
            say(str(lack), "error")
        raise
    lack = _closed(telemetry, target)
    if lack is not None:
        raise lack


def _closed(telemetry: Telemetry, target: Target) -> UnwritableOutputError | None:
    """Send what is left; return what to say of what could not be, or None."""
    sys.stdout.flush()
    left = telemetry.close()
    for sentence in telemetry.sentences():
        _warn(sentence)
    if not left:
        return None
    return UnwritableOutputError("otlp", f"{target} did not take {left}")


def _warn(sentence: str) -> None:
    say(sentence, "warning")
