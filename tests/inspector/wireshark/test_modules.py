"""The dissector is modules in a folder, and one file for Wireshark."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.inspector.captures import ROOT

if TYPE_CHECKING:
    from pathlib import Path


def test_every_module_of_the_dissector_is_in_the_one_file_and_used(
    script: Path,
) -> None:
    text = script.read_text(encoding="utf-8")
    given = re.findall(r'^package\.preload\["(.+)"\]', text, re.MULTILINE)
    used = re.findall(r'^local \w+ = require\("(.+)"\)$', text, re.MULTILINE)
    folder = ROOT / "inspector" / "wireshark" / "nest"

    assert sorted(given) == sorted(f"nest.{each.stem}" for each in folder.iterdir())
    assert set(given) == set(used)
