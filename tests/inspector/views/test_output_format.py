"""A format serves the commands whose method it has."""

from __future__ import annotations

import inspect

import pytest

from inspector.views.output_format import COMMANDS, Format
from tests.inspector.views.formats.written import Written


class Half(Format):
    """A format that serves two commands."""

    name, title = "half", "half of it"

    def timeline(self, timeline: object, found: object) -> None: ...

    def report(self, found: object) -> None:
        self.write_line(f"{found} report".encode())


class More(Half):
    """… and one that serves another as well."""

    def explain(self, explanations: object) -> None: ...


def test_it_names_the_commands_in_the_order_of_the_help() -> None:
    assert Half.served() == ["report", "timeline"]
    assert More.served() == ["report", "timeline", "explain"]
    assert Format.served() == []


def test_it_describes_itself_with_the_commands_unless_it_serves_all() -> None:
    whole: type[Format] = type("Whole", (Half,), dict.fromkeys(COMMANDS))

    assert Half.described() == "half (half of it; for report, timeline)"
    assert whole.described() == "half (half of it)"


def test_every_command_is_a_method_and_is_refused_where_it_is_not_served() -> None:
    methods = {
        name
        for name, _ in inspect.getmembers(Format, inspect.isfunction)
        if not name.startswith("_")
    }
    assert methods == {*COMMANDS, "write_line"}
    with pytest.raises(NotImplementedError):
        Format(Written()).explain([])


def test_a_line_is_bytes_and_an_end() -> None:
    written = Written()
    Half(written).report("a")

    assert written.text == "a report\n"
