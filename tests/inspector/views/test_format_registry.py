"""A format is a file: nothing else names it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from inspector.filters.projection import compile_fields
from inspector.views import formats
from inspector.views.format_registry import (
    DEFAULT,
    description,
    format_named,
    names,
)
from inspector.views.output_format import Format, known, registered
from tests.inspector.captures import ROOT
from tests.inspector.conversation import Wire
from tests.inspector.views.formats.written import Read, opened

if TYPE_CHECKING:
    from collections.abc import Iterator

_OURS = Path(formats.__path__[0])


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder whose files are formats too."""
    monkeypatch.setattr(formats, "__path__", [*formats.__path__, str(tmp_path)])
    ours = dict(known)
    loaded = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - loaded:
        if name.startswith(f"{formats.__name__}."):
            del sys.modules[name]
    known.clear()
    known.update(ours)


def test_the_files_of_the_package_are_the_formats_the_default_first() -> None:
    files = {file.stem for file in _OURS.glob("*.py")} - {"__init__"}

    assert set(names()) == files
    assert names()[0] == DEFAULT == "table"
    assert names()[1:] == sorted(names()[1:])


@pytest.mark.parametrize("name", names())
def test_each_serves_a_command_and_is_described_and_documented(name: str) -> None:
    made = format_named(name)

    assert issubclass(made, Format)
    assert made.name == name
    assert made.served()
    assert made.title in description()
    assert made.described() in description()
    page = (ROOT / "docs" / "output.md").read_text(encoding="utf-8")
    assert f"| `{name}` |" in page, f"docs/output.md, Formats, has no row for {name}"


def test_another_file_is_another_format(folder: Path) -> None:
    (folder / "shout.py").write_text(
        "from inspector.views.output_format import Format, registered\n"
        "@registered('a cry', drawn=True)\n"
        "class Shout(Format):\n"
        "    def report(self, found): self.write_line(b'!')\n"
    )

    assert "shout" in names()
    made = format_named("shout")
    assert (made.name, made.title, made.drawn) == ("shout", "a cry", True)
    assert made.served() == ["report"]
    assert "shout (a cry; for report)" in description()


def test_the_example_of_the_guide_is_a_whole_format(folder: Path) -> None:
    guide = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    _, _, passage = guide.partition("## Add an output format")
    _, _, block = passage.partition("```python\n")
    (folder / "org.py").write_text(block.partition("```")[0])
    form, written = opened("org")
    wire = Wire()
    wire.connect().emit("a|b", 1)
    found = Read(wire.records)
    form.exchanges(found.exchanges(), found, compile_fields("route, data"))

    assert written.text.splitlines() == [
        "| route | data |",
        "| --- | --- |",
        "| a\\vert{}b | 1 |",
    ]
    assert "org (a table in Org mode; for exchanges)" in description()


def test_a_file_that_registers_nothing_is_named(folder: Path) -> None:
    (folder / "silent.py").write_text("")

    with pytest.raises(LookupError, match=r"formats\.silent registers no format"):
        format_named("silent")


def test_a_format_that_there_is_not_is_an_error_with_those_that_there_are() -> None:
    with pytest.raises(
        LookupError, match=r"no format xml; there are table, asyncapi, csv, "
    ):
        format_named("xml")


def test_a_format_is_named_as_its_module_is() -> None:
    made = registered("nothing")(type("Nothing", (Format,), {"__module__": "a.b.none"}))

    assert (made.name, made.drawn) == ("none", False)
    assert known.pop("none") is made
