"""A page of some exchanges is that of a capture with these alone."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from inspector.commands.browsed_page import write_page
from inspector.commands.run_options import RunOptions, redaction_of
from inspector.errors import InspectorError
from tests.inspector.browser.piloted import CASES, SLOW
from tests.inspector.views.formats.written import opened

if TYPE_CHECKING:
    from pathlib import Path

_DATA = re.compile(r'id="data">(.*?)</script>', re.DOTALL)


def _options(*captures: Path, **more: Any) -> RunOptions:  # noqa: ANN401 — of options
    return RunOptions(opened("table")[0], captures=tuple(map(str, captures)), **more)


def _data(file: Path) -> Any:  # noqa: ANN401 — JSON
    found = _DATA.search(file.read_text(encoding="utf-8"))
    assert found is not None
    return json.loads(found[1])


def test_a_page_has_the_exchanges_that_were_chosen(tmp_path: Path) -> None:
    file = tmp_path / "some.html"

    said = write_page(_options(SLOW), str(file), [422, 7])

    data = _data(file)
    assert said == f"wrote a page of 2 exchanges to {file}"
    assert {each["n"] for each in data["exchanges"]} == {422, 7}
    assert data["capture"]["name"] == SLOW.name
    assert len(data["packets"]) == 4
    assert not data["redacted"]
    assert data["details"]["422"]["body"]

    write_page(_options(SLOW, redaction=redaction_of(["auto"])), str(file), [188])
    assert _data(file)["redacted"]
    assert "hunter2" not in file.read_text(encoding="utf-8")


def test_what_cannot_be_read_is_on_the_page_and_what_cannot_be_written_is_a_line(
    tmp_path: Path,
) -> None:
    short, file = tmp_path / "short.pcap", tmp_path / "some.html"
    short.write_bytes((CASES / "misc-v12.pcap").read_bytes()[:-5])

    write_page(_options(short), str(file), [1])

    (problem,) = _data(file)["capture"]["problems"]
    assert problem.startswith("short.pcap: ")
    with pytest.raises(InspectorError, match="no/such"):
        write_page(_options(short), str(tmp_path / "no" / "such.html"), [1])
    with pytest.raises(InspectorError, match=r"short\.pcap"):
        write_page(_options(short), str(short), [1])
