from __future__ import annotations

import re
import sys
from importlib import import_module
from importlib.metadata import EntryPoint
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

import inspector.findings
from inspector import plugins
from inspector.calls.seen import Remark
from inspector.carriers.registry import OURS, carriers
from inspector.findings import brokers, catalogue, registry
from inspector.findings.catalogue import rules
from inspector.findings.finding import Severity
from inspector.findings.groups import FindingGroup
from inspector.findings.index import INDEX
from inspector.findings.registry import LAST
from tests.inspector.conversation import inspected
from tests.inspector.scenes import SMALL_LIMITS, Trace, small_limits
from tests.inspector.traces import TRACES, module_of_tests

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inspector.findings.rule import Rule

ROOT = Path(__file__).parents[3]
ROOMS = ROOT / "inspector" / "findings"
MODULES = {
    str(module.relative_to(ROOT).with_suffix("")).replace("/", ".")
    for module in ROOMS.glob("*/[!_]*.py")
}
each_code = pytest.mark.parametrize("code", rules())
each_rule = pytest.mark.parametrize("rule", rules().values(), ids=list(rules()))


@pytest.fixture(autouse=True)
def small_buffers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let limits be reached without 134 million characters."""
    small_limits(monkeypatch)


def test_every_module_in_a_room_is_one_finding_with_its_name() -> None:
    named = {code.replace("-", "_"): rule for code, rule in rules().items()}

    assert {type(rule).__module__ for rule in rules().values()} == MODULES
    assert all(type(rule).__module__.endswith(f".{n}") for n, rule in named.items())


@each_rule
def test_its_room_is_loaded_for_its_carriers(rule: Rule[Any]) -> None:
    room = import_module(type(rule).__module__.rpartition(".")[0])
    named = getattr(room, "CARRIERS", None)

    assert named is None or named >= ({rule.carrier} if rule.carrier else set())


def test_what_goes_wrong_over_brokers_is_for_all_of_them() -> None:
    brokered = {name for name, each in carriers().items() if each.brokered}

    assert brokered & OURS.keys() == brokers.CARRIERS


@each_rule
def test_a_finding_has_a_test_file_with_its_traces(rule: Rule[Any]) -> None:
    name = module_of_tests(rule)
    path = name.replace(".", "/") + ".py"

    assert find_spec(name), f"{rule.code}: the file {path} is missing"
    trace = TRACES.get(rule.code)
    assert isinstance(trace, Trace), (
        f"{rule.code}: {path} lacks a TRACE = Trace(triggers, passes): a capture that "
        "shows the finding, and one beside it that does not"
    )


@each_rule
def test_a_finding_has_its_passage_in_the_documentation(rule: Rule[Any]) -> None:
    page = (ROOT / "docs" / "findings.md").read_text(encoding="utf-8")
    heading = f"### `{rule.code}` · {rule.severity}\n"

    assert heading in page, f"docs/findings.md lacks the passage {heading.strip()!r}"
    passage = re.split(r"^##", page.partition(heading)[2], flags=re.MULTILINE)[0]
    parts = ("**Shows.**", "**Because.**", "**Fix.**", "**See.** `", "**Not for** ")
    for part in parts:
        assert part in passage, f"docs/findings.md, {rule.code}: {part} is missing"
    command, *rest = rule.see.split(" ", 1)
    words = " ".join(filter(None, ["protocol-inspect", command, "nest.pcap", *rest]))
    assert f"\n**See.** `{words}`\n" in passage, (
        f"docs/findings.md, {rule.code}: **See.** is another command than see = "
        f"{rule.see!r}"
    )


@each_rule
def test_a_finding_stands_in_the_map_of_its_room(rule: Rule[Any]) -> None:
    room, _, name = type(rule).__module__.rpartition(".")
    sentence = (import_module(type(rule).__module__).__doc__ or "").partition("\n")[0]
    lines = dict(
        line.split(None, 1)
        for line in (import_module(room).__doc__ or "").splitlines()[2:]
    )

    assert type(rule).__doc__ == sentence, f"{name}: module and class say one thing"
    said = lines.get(name, "").casefold() + "."
    assert said == sentence.casefold(), (
        f"the docstring of {room} lacks the line '{name}  {sentence.rstrip('.')}'"
    )


@each_code
def test_a_rule_says_what_happened_why_and_what_to_do(code: str) -> None:
    findings = inspected(TRACES[code].triggers().records, limits=SMALL_LIMITS).findings
    finding = next(each for each in findings if each.code == code)
    group, several = FindingGroup(finding), FindingGroup(finding)
    group.add(finding)
    for number in range(3):
        several.add(replace(finding, packet=finding.packet + 2 * number))

    rule = rules()[code]
    for sentence in (
        rule.message(finding),
        rule.hint(finding),
        rule.headline(group),
        rule.headline(several),
    ):
        assert sentence.strip() == sentence != ""
        assert not sentence.endswith(".")
        assert "None" not in sentence
    for cause in (rule.cause(group), rule.cause(several)):
        assert cause.endswith(".")
        assert "None" not in cause
    assert f"Packet {finding.packet}." in rule.cause(group)


@each_code
def test_its_words_fit_a_line_of_the_report(code: str) -> None:
    findings = inspected(TRACES[code].triggers().records, limits=SMALL_LIMITS).findings
    finding = next(each for each in findings if each.code == code)
    group = FindingGroup(finding)
    group.add(finding)

    assert len(rules()[code].headline(group)) <= 60


_THEIRS = """
from inspector.calls.exchanges import Exchange
from inspector.findings.finding import Severity
from inspector.findings.registry import finding
from inspector.findings.rule import Rule

@finding("lost-pigeon", Severity.NOTE, about=Exchange, carrier="pigeon")
class LostPigeon(Rule[Exchange]):
    def message(self, finding):
        return "a pigeon was lost"
    def headline(self, group):
        return "pigeons lost"
    def cause(self, group):
        return group.packets()
"""


@pytest.fixture
def afresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the findings of others be loaded anew, and be forgotten after the test."""
    monkeypatch.setattr(registry, "_registered", dict(rules()))
    catalogue._load_added.cache_clear()  # noqa: SLF001
    yield
    catalogue._load_added.cache_clear()  # noqa: SLF001


def _registered(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    entries = [EntryPoint(*item, catalogue.GROUP) for item in values.items()]
    known = {catalogue.GROUP: entries}
    monkeypatch.setattr(plugins, "entry_points", lambda group: known.get(group, ()))


@pytest.mark.usefixtures("afresh")
def test_findings_of_other_people_are_loaded(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "pigeon_findings.py").write_text(_THEIRS, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    _registered(monkeypatch, pigeon="pigeon_findings")
    try:
        assert "lost-pigeon" in rules()
    finally:
        sys.modules.pop("pigeon_findings", None)


@pytest.mark.usefixtures("afresh")
def test_what_cannot_be_loaded_is_left_out_with_a_warning(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _registered(monkeypatch, broken="no_such_package.at_all")

    with pytest.warns(
        registry.FindingsWarning, match="findings broken .*ModuleNotFoundError"
    ):
        assert rules().keys() == TRACES.keys()


def test_the_package_names_all_its_modules() -> None:
    page = inspector.findings.__doc__ or ""
    named = {line.split()[0].rstrip("/") for line in page.splitlines() if "  " in line}
    modules = {path.stem for path in ROOMS.glob("*") if path.stem[0] not in "_."}

    assert named == modules


def test_equal_severities_stand_by_rank() -> None:
    ranks = [rule.rank for rule in rules().values()]

    chosen = [rank for rank in ranks if rank != LAST]

    assert ranks == sorted(ranks)
    assert len(set(chosen)) == len(chosen)


def test_severities_are_named_from_the_worst_on() -> None:
    assert list(Severity) == ["error", "warning", "note"]


def test_what_is_judged_from_evidence_is_found_by_its_type_and_signs() -> None:
    codes = {rule.code for rule in catalogue.rules_about(Remark, {""}, 0)}

    assert codes >= {"large-frame", "stalled-frame"}
    assert all(rule.about is Remark for rule in catalogue.rules_about(Remark, {""}))


def test_a_finding_that_the_index_does_not_know_is_loaded_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = {name: each for name, each in INDEX.items() if "large_frame" not in name}
    monkeypatch.setattr(catalogue, "INDEX", known)
    catalogue._unlisted.cache_clear()  # noqa: SLF001
    try:
        assert catalogue._unlisted() == ["framing.large_frame"]  # noqa: SLF001
        assert rules().keys() == TRACES.keys()
    finally:
        catalogue._unlisted.cache_clear()  # noqa: SLF001
