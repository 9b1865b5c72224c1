from __future__ import annotations

import re
from pathlib import Path
from shutil import copyfile
from xml.etree import ElementTree as ET

import pytest

from inspector.commands.standard_output import check_no_input
from inspector.errors import InspectorError
from tests.inspector.captures import ROOT, SEED
from tests.inspector.command import run

_VIEWS = {
    "report": [str(SEED)],
    "exchanges": ["exchanges", str(SEED)],
    "services": ["services", str(SEED)],
    "explain": ["explain", '14#{"a":"é😀"}'],
}


def _shown(picture: Path) -> list[str]:
    """Return the lines of text in a picture, without blanks."""
    lines: dict[int, str] = {}
    for text in ET.parse(picture).iter("{http://www.w3.org/2000/svg}text"):  # noqa: S314
        if "title" not in text.get("class", ""):
            y = int(text.get("y", ""))
            lines[y] = lines.get(y, "") + (text.text or "")
    return ["".join(lines[y].split()) for y in sorted(lines)]


@pytest.mark.parametrize("view", _VIEWS)
def test_a_picture_holds_every_line_that_is_shown(view: str, tmp_path: Path) -> None:
    picture = tmp_path / "view.svg"
    plain, outcome = run(*_VIEWS[view]), run(*_VIEWS[view], "--svg", picture)

    assert outcome == plain
    assert [line for line in _shown(picture) if line] == [
        "".join(line.split()) for line in plain.out.splitlines() if line
    ]


def test_a_picture_has_the_colours_of_the_roles_and_no_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(SEED.parent)
    picture = tmp_path / "view.svg"
    run(SEED.name, "--svg", picture)
    svg = picture.read_text(encoding="utf-8")

    assert ">protocol-inspect seed-nest12.pcap</text>" in svg
    assert {"green", "yellow", "cyan"} <= set(re.findall(r'<text class="(\w+)"', svg))
    assert re.findall(r"https?://[^\"' ]+", svg) == ["http://www.w3.org/2000/svg"]
    assert str(SEED.parent) not in svg


def test_a_picture_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    picture = tmp_path / "nowhere" / "view.svg"
    outcome = run(SEED, "--svg", picture)

    assert (outcome.code, outcome.out) == (5, ""), "nothing is read before"
    assert outcome.err == (
        f"protocol-inspect: --svg: {picture}: cannot write: no such file or directory\n"
    )


def test_a_folder_is_not_a_picture(tmp_path: Path) -> None:
    outcome = run(SEED, "--svg", tmp_path)

    assert (outcome.code, outcome.out) == (5, "")
    assert outcome.err.endswith(": cannot write: is a directory\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a full disk of Linux")
def test_a_disk_that_is_full_at_the_end_is_one_line() -> None:
    outcome = run(SEED, "--svg", "/dev/full")

    assert (outcome.code, outcome.out) == (5, run(SEED).out)
    assert outcome.err.endswith(": cannot write: no space left on device\n")


def test_json_lines_have_no_picture(tmp_path: Path) -> None:
    picture = tmp_path / "view.svg"
    name = str(picture)
    for options in (["--json", "--svg", name], ["--svg", name, "--json"]):
        outcome = run(SEED, *options)

        assert (outcome.code, outcome.out) == (2, "")
        assert outcome.err == (
            "protocol-inspect: --svg draws a view, which --json is not\n"
        )
    assert not picture.exists()


def test_a_file_that_is_a_capture_is_refused_by_whatever_name(tmp_path: Path) -> None:
    capture, link = tmp_path / "nest.pcap", tmp_path / "link.html"
    capture.write_bytes(b"")
    link.symlink_to(capture)

    check_no_input("--html", str(tmp_path / "page.html"), [str(capture), "-"])
    with pytest.raises(InspectorError, match=r"link\.html is the capture itself"):
        check_no_input("--html", str(link), ["-", str(capture)])


def test_what_is_read_is_not_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    capture, keys = tmp_path / "nest.pcap", tmp_path / "k.keys"
    copyfile(ROOT / "captures" / "tls" / "tls13-nest12.pcap", capture)
    copyfile(ROOT / "captures" / "tls" / "tls13-nest12.keys", keys)
    before = capture.read_bytes(), keys.read_bytes()
    link = tmp_path / "k.svg"
    link.symlink_to(keys)
    given = (str(capture), "--keylog", str(keys), "--no-config")

    for options in (["--html", str(keys)], ["--svg", str(link)]):
        outcome = run(*given, *options)
        assert outcome.err.endswith("is the key log itself\n")
        assert outcome.code == 2
    for options in (["--html", str(capture)], ["--write", str(capture)]):
        assert "is the capture itself" in run(*given, *options).err
    with capture.open("rb") as stdin:
        monkeypatch.setattr("sys.stdin", stdin)
        for words in (["-", "--html"], ["live", "-", "--write"]):
            assert "is the capture itself" in run(*words, str(capture)).err
    assert before == (capture.read_bytes(), keys.read_bytes())


def test_no_two_options_write_one_file(tmp_path: Path) -> None:
    file = str(tmp_path / "nest.svg")
    for options in (["--html", file, "--svg", file], ["--html", file, "--write", file]):
        outcome = run(SEED, *options)
        assert outcome.code == 2
        assert "write the same file" in outcome.err
