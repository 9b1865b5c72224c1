from __future__ import annotations

from inspector.views.csv_format import CsvFormat
from tests.inspector.conversation import Wire
from tests.inspector.views.formats.written import Read, opened


def test_a_way_to_spell_a_cell_is_all_that_differs() -> None:
    wire = Wire()
    wire.connect().emit("=1+1", 1)
    texts = {}
    for name in ("csv", "csv_raw"):
        form, written = opened(name)
        assert isinstance(form, CsvFormat)
        found = Read(wire.records)
        form.exchanges(found.exchanges(), found, None)
        texts[name] = written.text

    assert texts["csv"] == texts["csv_raw"].replace("=1+1", "'=1+1")
