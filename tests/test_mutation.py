"""What a module's own tests notice is told as it is, and nothing is left behind."""

from __future__ import annotations

import time
from argparse import Namespace
from pathlib import Path

import pytest

from tests.inspector.captures import ROOT
from tests.mutants import mutants
from tests.mutation import Copy, chosen_from, known_survivors, main, own_tests
from tests.patience import PATIENCE

_MODULE = Path("shop/prices.py")
_SOURCE = """
def price(count):
    return count > 9


def unused(a):
    return a
"""
_TESTS = """
from shop.prices import price

def test_price():
    assert price(10) and not price(2)
"""
_LISTED = """
[[survivor]]
module = "shop/prices.py"
function = "unused"
text = "return a"
change = "return a → return None"
reason = "nobody calls it"
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    files = {
        "shop/prices.py": _SOURCE,
        "tests/shop/test_prices.py": _TESTS,
        "tests/survivors.toml": _LISTED,
    }
    for name, text in files.items():
        file = tmp_path / "project" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return tmp_path / "project"


def _files_of(root: Path) -> dict[Path, bytes]:
    return {file: file.read_bytes() for file in root.rglob("*") if file.is_file()}


def test_each_change_is_told_with_what_became_of_it(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = _files_of(project)

    assert main([str(_MODULE), "--all", "--least", "40"], project) == 0
    told = capsys.readouterr().out

    assert "caught    shop/prices.py:3 price\n          9 → 10\n" in told
    assert "survived  shop/prices.py:3 price\n          9 → 8\n" in told
    assert "known     shop/prices.py:7 unused\n" in told
    assert "          nobody calls it\n" in told
    assert "\n2 of 4 changes caught: 50 % (5 of 5 tried, 1 of them known" in told
    assert _files_of(project) == before


def test_too_few_are_an_exit_code(project: Path) -> None:
    (project / "tests/shop/test_prices.py").write_text(
        "import shop.prices\ndef test_nothing(): pass\n", encoding="utf-8"
    )

    assert main([str(_MODULE), "--sample", "1", "--seed", "2"], project) == 0
    assert main([str(_MODULE), "--sample", "1", "--least", "1"], project) == 1


def test_a_choice_is_the_same_for_a_seed() -> None:
    found = mutants(_SOURCE)

    first, again, other = (
        chosen_from(found, Namespace(all=False, sample=2, seed=seed))
        for seed in (5, 5, 6)
    )
    assert first == again != other
    assert [each.line for each in first] == sorted(each.line for each in first)
    assert chosen_from(found, Namespace(all=True, sample=2, seed=5)) == found


def test_tests_that_fail_anyway_are_no_judges(project: Path) -> None:
    (project / _MODULE).write_text("price = None\n", encoding="utf-8")

    with pytest.raises(SystemExit, match="fails before anything is changed"):
        main([str(_MODULE)], project)


def test_tests_that_hang_are_ended_with_all_that_they_started(
    project: Path, tmp_path: Path
) -> None:
    copy = Copy(tmp_path / "copy", _MODULE, project)
    copy.limit = 2.0
    begun = copy.root / "child"

    source = """
import pathlib, subprocess
child = subprocess.Popen(["sleep", "1000"])
pathlib.Path("child").write_text(str(child.pid))
while True:
    pass
"""
    while not begun.exists():  # a busy machine takes a while to begin
        copy.limit *= 2
        assert copy.limit < PATIENCE
        assert copy.judge(source) == "hung"
    child = begun.read_text(encoding="utf-8")
    deadline = time.monotonic() + PATIENCE
    while _lives(child):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _lives(pid: str) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except FileNotFoundError:
        return False
    return state.rpartition(")")[2].split()[0] != "Z"


def test_a_module_has_the_test_file_that_mirrors_it_and_its_parts() -> None:
    decoder = {file.name for file in own_tests(ROOT, Path("protocol/decoder.py"))}
    report = {
        file.name for file in own_tests(ROOT, Path("inspector/figures/report.py"))
    }

    assert decoder >= {"test_decoder.py", "test_decoder_together.py"}
    assert all(name.startswith("test_decoder") for name in decoder)
    assert report >= {"test_report.py", "test_report_merging.py"}
    assert all(name.startswith("test_report") for name in report)


def test_every_survivor_that_is_listed_is_a_change_with_a_reason() -> None:
    for (module, *place), reason in known_survivors().items():
        source = (ROOT / module).read_text(encoding="utf-8")
        found = [[each.function, each.text, each.change] for each in mutants(source)]

        assert place in found, (module, *place)
        assert len(reason.split()) > 3
