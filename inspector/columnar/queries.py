"""SQL over files of exchanges, by DuckDB, an extra: it reads them, and nothing else.

What is asked may come from anybody: it can open no other file, no network and no
extension, write nothing, and change no setting. One SELECT is all that is run, in the
time and the memory that it is given.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, TypeVar

import duckdb

from inspector.errors import InspectorError, UnreadableCaptureError
from inspector.words import duration
from protocol.lazy_regex import lazy_regex
from protocol.named_tuple import NamedTuple

from .bounding import Bounded, OverdueError
from .folders import SUFFIX, files_in
from .relations import (
    EXCHANGES,
    NEEDED,
    VIEWS,
    is_nameless,
    of_files,
    quoted,
    spelled,
    with_computed,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Result = TypeVar("Result")

_CHUNK = 1000  # rows
_LARGEST = 1 << 62  # bytes of memory that DuckDB can be told
_SETTINGS = (
    "SET autoinstall_known_extensions = false",
    "SET autoload_known_extensions = false",
    "SET allow_community_extensions = false",
    "SET python_enable_replacements = false",
    "SET temp_directory = ''",
    "SET TimeZone = 'UTC'",
)
_LOCKED = ("SET enable_external_access = false", "SET lock_configuration = true")
_WORD = lazy_regex(r"\w+")
_NUMBERS = {
    "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT",
    "UINTEGER", "UBIGINT", "UHUGEINT", "FLOAT", "DOUBLE",
}  # fmt: skip


class Field(NamedTuple):
    """A column of an answer.

    Attributes:
        name: What it is called.
        kind: What its values are: ``number``, ``bool``, ``text``, ``time`` (a text of
            ISO 8601), ``decimal`` or ``json`` (a text of JSON each).
    """

    name: str
    kind: str


class Answer(NamedTuple):
    """What a query has found.

    Attributes:
        fields: Its columns.
        rows: Its rows, which are read as they are asked for; values are numbers, texts,
            truth values or None.
    """

    fields: Sequence[Field]
    rows: Iterator[tuple[Any, ...]]


class QueryError(InspectorError):
    """What was asked is not an answerable SELECT."""


# decision 184
class Queries:
    """Answers SQL about the exchanges in files.

    Args:
        path: A file of Parquet, or a folder with such files at any depth.
        timeout_ns: How long DuckDB may work on a query, in nanoseconds; None for any
            time.
        memory: Bytes that it may use; None for half of the machine's.

    Raises:
        UnreadableCaptureError: There is no such file, or it is not one of exchanges.
        QueryError: To read what it is needs more memory than it may have.
    """

    def __init__(
        self, path: str, *, timeout_ns: int | None = None, memory: int | None = None
    ) -> None:
        self._links = ExitStack()
        files = _named(_files_of(path), self._links)
        self._timeout_ns = timeout_ns
        self._connection = duckdb.connect(":memory:")
        self._bounded = Bounded(self._connection.interrupt)
        most = "50%" if memory is None else f"{min(memory, _LARGEST)}B"
        for setting in (*_SETTINGS, f"SET memory_limit = '{most}'"):
            self._connection.execute(setting)
        try:
            self._bounded.do(self._define, path, files)
            self._lock(files)
        except duckdb.OutOfMemoryException:
            self.close()
            raise QueryError("query", _TOO_LARGE) from None
        except duckdb.Error as error:
            self.close()
            raise UnreadableCaptureError(path, _no_file(error, path)) from None

    def ask(self, sql: str) -> Answer:
        """Return the answer to a SELECT, or what a view has, given its name.

        Raises:
            QueryError: It is something else, or is wrong, or needs more time or memory
                than it may; also while rows are read.
        """
        timeout_ns = self._timeout_ns
        seconds = None if timeout_ns is None else timeout_ns / 1e9
        self._bounded = Bounded(self._connection.interrupt, seconds)
        query = self._do(self._one_select, sql)
        fields = self._do(self._fields_of, query)
        self._do(self._connection.execute, _spelled(query, fields))
        return Answer(fields, self._rows())

    def close(self) -> None:
        """Let go of the files."""
        self._connection.close()
        self._links.close()

    def _do(self, work: Callable[..., Result], *given: object) -> Result:
        """Return what DuckDB gives.

        Raises:
            QueryError: It gives nothing.
        """
        try:
            return self._bounded.do(work, *given)
        except OverdueError:
            words = f"not done after {duration(self._timeout_ns or 0)} (--timeout)"
            raise QueryError("query", words) from None
        except duckdb.OutOfMemoryException:
            raise QueryError("query", _TOO_LARGE) from None
        except duckdb.Error as error:
            raise QueryError("query", _said(error)) from None

    def _define(self, path: str, files: list[str]) -> None:
        """Define the exchanges and the views.

        Raises:
            UnreadableCaptureError: Files lack columns that exchanges have.
        """
        sql = of_files(files)
        described = self._connection.execute(f"DESCRIBE {sql}").fetchall()
        lacking = NEEDED - {name for name, *_ in described}
        if lacking:
            raise UnreadableCaptureError(path, _LACKS.format(min(lacking)))
        self._connection.execute(f"CREATE VIEW {EXCHANGES} AS {with_computed(sql)}")
        for view in VIEWS:
            self._connection.execute(f"CREATE VIEW {view.name} AS {view.sql}")

    def _lock(self, files: list[str]) -> None:
        """Allow these files to be read, and nothing else to happen from now on."""
        several = dict.fromkeys([*files, *map(spelled, files)])  # both are looked at
        allowed = ", ".join(map(quoted, several))
        self._connection.execute(f"SET allowed_paths = [{allowed}]")
        for setting in _LOCKED:
            self._connection.execute(setting)

    def _one_select(self, sql: str) -> str:
        """Return the only statement of a text, which selects.

        A file that may be read could be written over as well, so nothing else is run:
        neither COPY, nor EXPLAIN ANALYZE of one.

        Raises:
            QueryError: It has none, several, or another.
        """
        text = sql.strip()
        if _WORD.fullmatch(text):
            return f"FROM {text}"
        statements = self._connection.extract_statements(_without_end(text))
        if len(statements) != 1:
            raise QueryError("query", "one SELECT is expected" + _count(statements))
        if statements[0].type != duckdb.StatementType.SELECT:
            kind = statements[0].type.name
            raise QueryError("query", f"{kind} is refused; a query only reads: SELECT")
        return str(statements[0].query)

    def _fields_of(self, query: str) -> list[Field]:
        described = self._connection.execute(f"DESCRIBE (\n{query}\n)").fetchall()
        return [Field(name, _kind_of(kind)) for name, kind, *_ in described]

    def _rows(self) -> Iterator[tuple[Any, ...]]:
        while rows := self._do(self._connection.fetchmany, _CHUNK):
            yield from rows


_WRITER = "protocol-inspect exchanges CAPTURE --parquet DIR"
_TOO_LARGE = "it needs more memory than it may have (--memory); ask for less at once"
_LACKS = "not written by --parquet: it has no column {}"


def _count(statements: Sequence[object]) -> str:
    return f", not {len(statements)} statements" if statements else ""


def _without_end(sql: str) -> str:
    """Return a text without its last semicolons, and the comments among them."""
    text = sql.encode()  # DuckDB counts bytes
    end = len(text)
    for start, kind in reversed(duckdb.tokenize(sql)):
        if kind != duckdb.token_type.comment and text[start:end].strip() != b";":
            break
        end = start
    return text[:end].decode()


def _files_of(path: str) -> list[str]:
    """Return the files to read, by their whole names.

    Raises:
        UnreadableCaptureError: There are none.
    """
    place = Path(path)
    if not place.exists():
        raise UnreadableCaptureError(path, "no such file or folder")
    if place.is_file():
        return [str(place.resolve())]
    found = [str(each.resolve()) for each in files_in(place)]
    if not found:
        raise UnreadableCaptureError(path, f"no file in it ends in {SUFFIX}")
    return found


def _named(files: Sequence[str], stack: ExitStack) -> list[str]:
    """Return names of files that DuckDB can be given: of few, that of a link.

    Args:
        files: By their whole names.
        stack: Removes links.
    """
    named = list(files)
    nameless = [place for place, name in enumerate(files) if is_nameless(name)]
    if nameless:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        for place in nameless:
            link = folder / f"{place}{SUFFIX}"
            link.symlink_to(named[place])
            named[place] = str(link)
    return named


def _kind_of(kind: str) -> str:
    if kind in _NUMBERS:
        return "number"
    if kind == "BOOLEAN":
        return "bool"
    if kind.startswith("DECIMAL"):
        return "decimal"
    if kind.startswith("TIMESTAMP"):
        return "time"
    if kind.endswith("]") or kind.startswith(("STRUCT", "MAP", "UNION")):
        return "json"
    return "text"


def _spelled(query: str, fields: Sequence[Field]) -> str:
    """Return a query whose values are numbers, texts and truth values alone.

    Columns are named by their places, since two may have one name. Times are spelled by
    DuckDB, which loses no nanosecond.
    """
    names = [f"c{index}" for index in range(len(fields))]
    shown = (_cast(*each) for each in zip(names, fields, strict=True))
    return f"SELECT {', '.join(shown)} FROM (\n{query}\n) AS t({', '.join(names)})"


def _cast(name: str, field: Field) -> str:
    if field.kind in {"number", "bool"}:
        return name
    if field.kind == "json":
        return f"CAST(to_json({name}) AS VARCHAR)"
    if field.kind == "time":
        spelled = f"replace(CAST({name} AS VARCHAR), ' ', 'T')"
        return f"regexp_replace({spelled}, '\\+00$', 'Z')"
    return f"CAST({name} AS VARCHAR)"


def _no_file(error: BaseException, path: str) -> str:
    """Return why files cannot be asked, and what to do if one is a capture."""
    said = _said(error)
    if said.startswith("No magic bytes") and Path(path).is_file():
        return f"not a file of Parquet, as {_WRITER} writes them"
    return said


def _said(error: BaseException) -> str:
    """Return what DuckDB says is wrong, on one line and without a copy of the query."""
    text = str(error).partition("\nLINE ")[0]
    kind, mark, problem = text.partition(" Error: ")
    said = problem if mark and kind.replace(" ", "").isalpha() else text
    return " ".join(said.split())
