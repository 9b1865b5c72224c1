"""What ``live`` and ``proxy`` take, as one value."""

from __future__ import annotations

import json
from functools import wraps
from typing import TYPE_CHECKING, Any

import click
import msgspec
from click.core import ParameterSource

from inspector.sources.files import STDIN
from inspector.sources.rotation import Rotation
from inspector.views.format_registry import DEFAULT

from .choice_options import take_choice, text_options
from .completing import complete_choice, complete_file
from .contract_options import contract_option
from .format_options import format_option, json_option, take_format
from .limit_options import limit_options, take_limits
from .live_run import Bounds
from .name_options import name_options, take_names
from .options import with_options
from .otlp import Collector, collector_of, otlp_option, sample_option
from .parquet_options import (
    ParquetOptions,
    parquet_option,
    payloads_option,
    take_parquet,
)
from .pictures import PICTURES, png_option, svg_option
from .ports import port_endpoint
from .quantities import DURATION, NUMBER, SIZE
from .run_options import (
    RunOptions,
    allow_empty_option,
    carrier_option,
    fail_on_option,
    growing_keylog_option,
    nest_option,
    port_option,
    proto_option,
    redact_channel_option,
    redact_option,
    redaction_of,
    same_broker_option,
)
from .settings import no_config_option, take_settings
from .standard_output import check_named, check_no_input

if TYPE_CHECKING:
    from collections.abc import Callable

    from inspector.contracts.checking import Checking
    from inspector.streams.endpoints import Endpoint

    from .choice_options import Choice


class LiveOptions(msgspec.Struct, frozen=True):
    """What was asked for.

    Attributes:
        run: What every command takes.
        bounds: When it ends.
        file: The capture file to write all packets to; None for none.
        rotation: When another file begins.
        metrics: Where Prometheus may ask for figures; None for nowhere.
        web: Where a browser may look on; None for nowhere.
        browse: Whether it is shown in the browser.
        collector: Where telemetry goes; None for nowhere.
        parquet: Where exchanges are written to; None for nowhere.
        checking: What checks its exchanges against a contract; None for nothing.
        history: How many exchanges that keeps; None for the usual.
    """

    run: RunOptions
    bounds: Bounds
    file: str | None
    rotation: Rotation
    metrics: Endpoint | None = None
    web: Endpoint | None = None
    browse: bool = False
    collector: Collector | None = None
    parquet: ParquetOptions | None = None
    checking: Checking | None = None
    history: int | None = None


def _read_only(
    _: click.Context, __: click.Parameter, pairs: tuple[str, ...]
) -> list[Choice]:
    return [_choice(pair) for pair in pairs]


def _read_port(
    _: click.Context, option: click.Parameter, text: str | None
) -> Endpoint | None:
    return None if text is None else port_endpoint(option.opts[0], text)


def _choice(pair: str) -> Choice:
    field, sign, text = pair.partition("=")
    if not sign or not field:
        raise click.BadParameter(f"{pair!r} is not FIELD=VALUE")
    from inspector.filters.selection import compile_selection  # noqa: PLC0415

    # A pattern is named as in the views, by its route, which is always a string.
    field = "route" if field == "pattern" else field
    word = field == "route" or not _literal(text)
    value = json.dumps(text, ensure_ascii=False) if word else text
    return compile_selection(f"{field} == {value}")


def _literal(text: str) -> bool:
    """Whether a value is a number or one of JSON's words, and no string."""
    try:
        return not isinstance(json.loads(text), str | list | dict)
    except ValueError:
        return False


_only_option = click.option(
    "--only",
    metavar="FIELD=VALUE",
    shell_complete=complete_choice,
    multiple=True,
    callback=_read_only,
    help="Only exchanges like this: pattern=sum, outcome=error.",
)
_OPTIONS = (
    click.option("--for", "time_ns", type=DURATION, help="Stop after: 30s, 5min."),
    click.option(
        "--count",
        "exchanges",
        type=NUMBER,
        help="Stop after this many exchanges.",
    ),
    click.option(
        "--slow",
        "slow_ns",
        type=DURATION,
        default="500ms",
        show_default=True,
        help="Report a call that waits longer than this.",
    ),
    click.option(
        "--write",
        "file",
        metavar="FILE",
        shell_complete=complete_file,
        help="Write all packets to a pcapng file.",
    ),
    click.option(
        "--rotate-size",
        type=SIZE,
        help="Begin another file before it exceeds this size: 100MB.",
    ),
    click.option(
        "--rotate-time", type=DURATION, help="Begin another file after this time: 1h."
    ),
    click.option(
        "--keep",
        type=NUMBER,
        default=Rotation().files,
        show_default=True,
        help="Files to keep when they rotate.",
    ),
    click.option(
        "--metrics",
        metavar="[HOST:]PORT",
        callback=_read_port,
        help="Serve metrics for Prometheus there: 127.0.0.1:9464.",
    ),
    click.option(
        "--web",
        metavar="[HOST:]PORT",
        callback=_read_port,
        help="Show the run as a page for browsers there: 127.0.0.1:8088.",
    ),
    otlp_option,
    sample_option,
    click.option(
        "--no-redact",
        is_flag=True,
        help="Hide nothing in --web, --otlp and --parquet, nor in other output.",
    ),
    parquet_option,
    payloads_option,
    click.option(
        "--browse",
        is_flag=True,
        help="Show exchanges as protocol-inspect browse does, to look through them.",
    ),
    contract_option(required=False),
    click.option(
        "--history",
        type=NUMBER,
        help="Exchanges that --browse keeps, the latest.  [default: 100000]",
    ),
    json_option,
    format_option,
    svg_option,
    png_option,
    _only_option,
    *text_options,
    *name_options,
    redact_option,
    redact_channel_option,
    fail_on_option,
    allow_empty_option,
    nest_option,
    port_option,
    carrier_option,
    proto_option,
    same_broker_option,
    growing_keylog_option,
    *limit_options,
    no_config_option,
)


_FIELDS = (
    "ports",
    "carriers",
    "described",
    "same_brokers",
    "keylog",
    "nest",
    "conditions",
    "allow_empty",
    "redaction",
)


def live_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that every live run takes.

    Args:
        command: Is called with a :class:`LiveOptions`, and with what else it takes by
            its names.
    """

    @wraps(command)
    def called(**given: Any) -> None:  # noqa: ANN401 — what click has read
        redacts = bool(given["redaction"] or given["redact_channels"])
        settings = take_settings(given)
        _check_pictures(given)
        _hide_secrets(given, redacts=redacts)
        _set_slow(given, settings.slow_ns)
        limits, where = take_limits(given), take_choice(given)
        names = take_names(given, settings.names).names
        with take_format(given, "live") as chosen:
            fields = {name: given.pop(name) for name in _FIELDS}
            run = RunOptions(chosen, where=where, limits=limits, names=names, **fields)
            command(_taken(run.narrowed(*given.pop("only")), given), **given)

    return with_options(called, _OPTIONS)


# decision 178: The page of a run hides secrets, unless that is not wanted
def _hide_secrets(given: dict[str, Any], *, redacts: bool) -> None:
    """Hide known secrets where others see them, or payloads are written to files.

    In all output: it is one run.

    Args:
        given: The parameters of the command; ``--no-redact`` is removed, and of
            ``--parquet`` it is said what it hides.
        redacts: Whether the command line says what is to be hidden.

    Raises:
        click.UsageError: Two options contradict one another.
        InspectorError: An extra is not installed.
    """
    bare = given.pop("no_redact")
    served = any(given[name] is not None for name in ("web", "otlp"))
    if given["file"] is not None and given["redaction"] is not None:
        raise click.UsageError("--write has the packets as they were; --redact cannot")
    if bare and not served and given["parquet"] is None:
        raise click.UsageError(
            "--no-redact is for --web, --otlp and --parquet, which hide secrets"
        )
    if bare and redacts:
        raise click.UsageError("--no-redact hides nothing; it excludes --redact")
    hides = served or given["payloads"]
    given["parquet"] = take_parquet(given, bare=bare)
    if bare:
        given["redaction"] = None
    elif hides and given["redaction"] is None:
        from inspector.redaction.texts import AUTO  # noqa: PLC0415 — for these alone

        given["redaction"] = redaction_of((AUTO,))


def _check_pictures(given: dict[str, Any]) -> None:
    """Make sure that there is a report of which to save a picture.

    Raises:
        click.UsageError: There is none.
    """
    for name in PICTURES:
        if given[name] is not None and given["browse"]:
            raise click.UsageError(
                f"--{name} draws the report at the end; --browse shows a screen"
            )


def _set_slow(given: dict[str, Any], slow_ns: int | None) -> None:
    """Take the time from which on a call is slow from a file, unless it was given."""
    source = click.get_current_context().get_parameter_source("slow_ns")
    if slow_ns is not None and source is ParameterSource.DEFAULT:
        given["slow_ns"] = slow_ns


def _taken(run: RunOptions, given: dict[str, Any]) -> LiveOptions:
    """Return the options among the parameters of a command, and remove them there.

    Raises:
        click.UsageError: They contradict one another.
        InspectorError: What is read would be written over.
    """
    times = (given.pop(name) for name in ("time_ns", "exchanges", "slow_ns"))
    bounds, file = Bounds(*times), given.pop("file")
    rotation = Rotation(
        given.pop("rotate_size"), given.pop("rotate_time"), given.pop("keep")
    )
    parquet = given.pop("parquet")
    if file is None and rotation.wanted and (parquet is None or rotation.size):
        raise click.UsageError("--rotate-size and --rotate-time need --write")
    if file is not None:
        check_named("--write", file)
        check_no_input("--write", file, [STDIN], run.keylog)
    ports, browse = (given.pop("metrics"), given.pop("web")), given.pop("browse")
    if browse and run.format.name != DEFAULT:
        raise click.UsageError(f"--browse shows a screen; --format {run.format.name}")
    history = given.pop("history")
    if history is not None and not browse:
        raise click.UsageError("--history is for --browse, which keeps exchanges")
    collector = collector_of(given.pop("otlp"), given.pop("share"))
    return LiveOptions(
        run,
        bounds,
        file,
        rotation,
        *ports,
        browse,
        collector=collector,
        parquet=parquet,
        checking=given.pop("checking"),
        history=history,
    )
