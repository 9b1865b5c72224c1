from __future__ import annotations

from inspector.views.diff_view import print_diff
from tests.inspector.comparing.compared import Call
from tests.inspector.conversation import MILLISECOND
from tests.inspector.views.formats.written import Written
from tests.inspector.views.test_diff_words import compared


def _shown(before: list[Call], after: list[Call]) -> str:
    written = Written()
    print_diff(written.screen(), compared(before, after))
    return written.text


def test_a_person_sees_the_answer_the_table_and_how_it_was_judged() -> None:
    text = _shown(
        [Call(time_ns=MILLISECOND)] * 20 + [Call("same")] * 3 + [Call("old")],
        [Call(time_ns=5 * MILLISECOND, reply=None)] * 20
        + [Call("same")] * 3
        + [Call("new")],
    )
    lines = text.splitlines()

    assert lines[0] == "a.pcap → b.pcap   24 → 24 exchanges"
    assert (
        "✗ Of 2 patterns: 1 with payloads that break their readers, 1 slower." in lines
    )
    assert "and 1 more pattern, as before" in lines
    assert "  ✗ reply: integer → null" in text or "may be null now" in text
    assert "New patterns\n  new  1 exchange\n" in text
    assert "Gone patterns\n  old  1 exchange\n" in text
    assert "Judged by a rank test" in text
    assert all(len(line) <= 80 for line in lines)


def test_where_nothing_differs_all_patterns_are_listed() -> None:
    text = _shown([Call()] * 3, [Call()] * 3)

    assert "✓ No pattern breaks its readers, fails more often, or is slower." in text
    assert "get       3 → 3  0 → 0" in text or "get " in text
    assert "What changed" not in text


def test_many_changes_are_counted() -> None:
    text = _shown(
        [Call(reply={f"k{n}": n for n in range(40)})], [Call(reply={"other": 1})]
    )

    assert "and 29 more (--json lists them)" in text
    assert "\x1b" not in _shown([Call("\x1b[2J")], [Call("\x1b[2J", reply="x\x1b")])
