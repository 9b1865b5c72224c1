from __future__ import annotations

from inspector.columnar.columns import COLUMNS, columns_of


def test_every_column_is_read_in_one_way_and_described() -> None:
    names = [each.name for each in COLUMNS]

    assert len(set(names)) == len(names)
    for each in COLUMNS:
        assert (each.read is None) is (each.ends is not None)
        assert each.meaning
        assert each.meaning[0] == "`" or each.meaning[0].islower()


def test_a_unit_that_is_not_obvious_ends_the_name() -> None:
    for each in COLUMNS:
        if each.unit in {"ns", "bytes"} and each.name != "time":
            assert each.name.endswith(f"_{each.unit}")


def test_payloads_are_left_out_unless_they_are_asked_for() -> None:
    without = columns_of(payloads=False)
    more = [each.name for each in columns_of(payloads=True) if each not in without]

    assert more == ["pattern", "id", "reply_channel", "data", "metadata", "replies"]
