"""What SQL knows: the exchanges, and ready views of what is asked most.

Each view is one SELECT over those before it. Durations are milliseconds here, since
people read them; the exchanges have nanoseconds too.
"""

from __future__ import annotations

from protocol.lazy_regex import lazy_regex
from protocol.named_tuple import NamedTuple

from .columns import COLUMNS, SOURCE

EXCHANGES = "exchanges"
_MAGIC = lazy_regex(r"[*?\[]")
_FAILED = "outcome NOT IN ('completed', 'sent') AND NOT in_flight"
_MILLISECONDS = "round({} / 1e6, 3)"
_HOW = "union_by_name = true, hive_partitioning = false"
"""Files with payloads and without them may lie together; hours are in the rows."""


class View(NamedTuple):
    """A view.

    Attributes:
        name: What it is called.
        meaning: What it has, in words.
        columns: Its columns, in their order.
        sql: The SELECT that it is.
    """

    name: str
    meaning: str
    columns: tuple[str, ...]
    sql: str


def _names(words: str) -> tuple[str, ...]:
    return tuple(words.split())


def _in_ms(expression: str) -> str:
    return _MILLISECONDS.format(expression)


def _bucket(seconds: int) -> str:
    """Return the beginning of the minute, or hour, of a row.

    By numbers: time zones, which date_trunc() looks up, take ten times as long.
    """
    return f"to_timestamp(epoch_ns(time) // {seconds}000000000 * {seconds})"


def _calls_by(groups: str) -> str:
    """Return the SELECT of calls by groups: all quantiles are found in one step."""
    return (
        f"SELECT {groups}, count(*) AS calls, count(*) FILTER (failed) AS failed, "
        "quantile_disc(latency_ns, [0.5, 0.95, 0.99]) AS share, "
        "max(latency_ns) AS longest "
        f"FROM exchanges WHERE kind = 'message' GROUP BY {groups}"
    )


COMPUTED = {
    "time_ns": ("epoch_ns(time)", "`time` in nanoseconds since 1970"),
    "latency_ms": ("latency_ns / 1e6", "`latency_ns` in milliseconds"),
    "duration_ms": ("duration_ns / 1e6", "`duration_ns` in milliseconds"),
    "minute": (_bucket(60), "the minute in which it began"),
    "hour": (_bucket(3600), "the hour in which it began"),
    "failed": (
        _FAILED,
        "whether it ended otherwise than `completed` or `sent`, and is not in flight",
    ),
}
"""Columns that SQL has besides those of files: name → its expression and meaning."""

VIEWS = (
    View(
        "slowest",
        "the 100 calls with the longest latency, the longest first",
        _names("latency_ms route outcome number source time client server carrier"),
        "SELECT round(latency_ms, 3) AS latency_ms, route, outcome, number, source, "
        "time, client, server, carrier FROM exchanges "
        "WHERE latency_ns IS NOT NULL ORDER BY latency_ns DESC, time LIMIT 100",
    ),
    View(
        "errors_by_minute",
        "minutes and patterns with failures: how many, of how many, and the most "
        "frequent error",
        _names("minute route carrier errors exchanges percent error"),
        "SELECT minute, route, carrier, count(*) FILTER (failed) AS errors, "
        "count(*) AS exchanges, "
        "round(100 * count(*) FILTER (failed) / count(*), 1) AS percent, "
        "mode(error) FILTER (failed) AS error FROM exchanges "
        "GROUP BY minute, route, carrier "
        "HAVING count(*) FILTER (failed) > 0 ORDER BY minute, errors DESC, route",
    ),
    View(
        "orphans",
        "replies whose request was not captured, in order of time",
        _names(
            "time number source first_packet reply_count outcome client server "
            "carrier error"
        ),
        "SELECT time, number, source, first_packet, reply_count, outcome, client, "
        "server, carrier, error FROM exchanges WHERE kind = 'orphan' "
        "ORDER BY time, number",
    ),
    View(
        "unanswered",
        "calls without a reply, or without their last one, in order of time",
        _names("time route outcome number source cause doubt client server carrier"),
        "SELECT time, route, outcome, number, source, cause, doubt, client, server, "
        "carrier FROM exchanges WHERE outcome IN ('unanswered', 'incomplete') "
        "AND kind = 'message' AND NOT in_flight ORDER BY time, number",
    ),
    View(
        "p99_by_pattern",
        "calls by pattern: how many, how many failed, and how long they took; the "
        "highest p99 first",
        _names("route carrier calls failed p50_ms p95_ms p99_ms max_ms"),
        "SELECT route, carrier, calls, failed, "
        f"{_in_ms('share[1]')} AS p50_ms, {_in_ms('share[2]')} AS p95_ms, "
        f"{_in_ms('share[3]')} AS p99_ms, {_in_ms('longest')} AS max_ms "
        f"FROM ({_calls_by('route, carrier')}) "
        "ORDER BY p99_ms DESC NULLS LAST, route",
    ),
    View(
        "p99_by_hour",
        "the same by hour, with the p50 and the p99 of the hour with calls before it",
        _names(
            "hour route carrier calls failed p50_ms p50_before_ms p99_ms p99_before_ms"
        ),
        "WITH hours AS (SELECT *, "
        f"{_in_ms('share[1]')} AS p50_ms, {_in_ms('share[3]')} AS p99_ms "
        f"FROM ({_calls_by('hour, route, carrier')})) "
        "SELECT hour, route, carrier, calls, failed, p50_ms, "
        "lag(p50_ms) OVER pattern AS p50_before_ms, p99_ms, "
        "lag(p99_ms) OVER pattern AS p99_before_ms FROM hours "
        "WINDOW pattern AS (PARTITION BY route, carrier ORDER BY hour) "
        "ORDER BY hour, p99_ms DESC NULLS LAST, route",
    ),
)
"""The ready views, in the order in which they are listed."""

NEEDED = frozenset([SOURCE, *(each.name for each in COLUMNS if not each.payload)])
"""Columns without which a file is not one of exchanges."""


def spelled(path: str) -> str:
    """Return a path as a pattern that stands for that path alone."""
    return _MAGIC.sub(r"[\g<0>]", path)


def is_nameless(path: str) -> bool:
    """Whether no pattern stands for a path alone.

    A backslash parts folders in a pattern of DuckDB, and cannot be escaped; in a name
    that is no pattern it is itself.
    """
    return "\\" in path and bool(_MAGIC.search(path))


def of_files(paths: list[str]) -> str:
    """Return the SELECT of all exchanges in files, whose columns may differ.

    Args:
        paths: The files, each named whole. DuckDB takes names for patterns, so
            characters of those are escaped.
    """
    names = ", ".join(quoted(spelled(each)) for each in paths)
    return f"SELECT * FROM read_parquet([{names}], {_HOW})"


def with_computed(sql: str) -> str:
    """Return a SELECT with the columns that are computed, after its own."""
    more = ", ".join(f"{sql} AS {name}" for name, (sql, _) in COMPUTED.items())
    return f"SELECT *, {more} FROM ({sql})"


def quoted(text: str) -> str:
    """Return a text as SQL has it."""
    return "'" + text.replace("'", "''") + "'"
