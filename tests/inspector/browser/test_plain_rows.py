"""A plain exchange is kept as the exchange would be that was not made of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from benchmarks.generate_capture import generate, generate_objects
from inspector.browser import plain_rows
from inspector.browser.session import CaptureSession
from inspector.browser.store import Store
from inspector.calls.exchanges import Exchange
from inspector.library.given import Captures
from inspector.library.passes import Pass
from inspector.pipeline import Options
from inspector.views.jsonlines import summary_line
from tests.inspector.browser.piloted import SLOW

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_CALLS = 3_000


def _kept(store: Store) -> list[tuple[Any, ...]]:
    """Return all that a store keeps of exchanges, and of their connections."""
    rows = store._all(  # noqa: SLF001 — all columns, whatever uses them
        "SELECT rows.*, known.route FROM rows "
        "LEFT JOIN routes known ON known.id = rows.route"
    )
    texts = store._texts.read(store.order("number"))  # noqa: SLF001 — the same
    bodies = {
        number: (text, msgspec.msgpack.decode(head)) for number, text, head in texts
    }
    ends = store.ends(10_000)
    return [*((row, bodies[row[0]]) for row in rows), tuple(ends)]


def _ordinary(capture: str) -> tuple[Store, bytes]:
    store, passed = Store(), Pass(Captures([capture]), Options())
    for item in passed.items():
        if isinstance(item, Exchange):
            store.add(item)
    store.flush()
    return store, summary_line(passed.report())


def _calls(path: Path) -> None:
    generate(path, _CALLS)


def _objects(path: Path) -> None:
    generate_objects(path, _CALLS)


def _slow(path: Path) -> None:
    path.with_suffix(".pcap.gz").write_bytes(SLOW.read_bytes())
    path.with_suffix(".pcap.gz").rename(path)


@pytest.mark.parametrize("write", [_calls, _objects, _slow])
def test_all_that_is_kept_is_the_same(
    tmp_path: Path, write: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    capture, plain = tmp_path / "some.pcap", list[int]()
    write(capture)
    put = Store.put

    def counted(store: Store, row: Any, *more: Any) -> None:  # noqa: ANN401
        plain.append(row[0])
        put(store, row, *more)

    monkeypatch.setattr(Store, "put", counted)
    monkeypatch.setattr(plain_rows, "_KNOWN", 3)

    session = CaptureSession([str(capture)], Options(), "some")
    session.start()
    session.join()
    ordinary, summary = _ordinary(str(capture))

    assert session.report is not None
    assert len(plain) > (0 if write is _slow else _CALLS * 0.8)
    assert _kept(session.store) == _kept(ordinary)
    assert summary_line(session.report) == summary
    session.stop()
    ordinary.close()
