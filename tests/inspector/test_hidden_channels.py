"""With every channel hidden no word of one is shown or written, of any capture.

The words are those of the applications, by the manifests: what they have published,
subscribed to, called and handled; and those that are shown where nothing is hidden.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.inspector.captures import ROOT
from tests.inspector.command import run

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_FOLDER = ROOT / "captures"
_CAPTURES = sorted(
    each
    for kind in ("*.pcap", "*.pcap.gz")
    for each in (*_FOLDER.glob(kind), *_FOLDER.glob(f"[mnr]*/{kind}"))
)
_HIDDEN = ("--redact-channel", ">", "--redact", "data", "--redact", "response")
_VIEWS = (
    ("report",),
    ("report", "--json"),
    ("exchanges",),
    ("packets",),
    ("packets", "--json"),
    ("ladder",),
    ("timeline",),
    ("services",),
    ("follow",),
    ("show", "1"),
)
_FEWER = _VIEWS[:3]
"""Of captures with megabytes to conceal, each time, and of older versions of Nest."""
_NAMING = ("route", "pattern", "channel", "reply_channel", "wildcard", "exchange")
_OWN = ("$", "_INBOX", "amq.")
_VALUE = re.compile(r':"([^"]+)')  # of a pattern that is an object, or a part of it
_SEPARATORS = re.compile(r"[./:\s*#+?\[\]]+")
_OURS = set(
    """
    again all asked channel count echo fail headers keep left log lost nobody nothing
    one price right service tick twice two unknown who words
    """.split()  # noqa: SIM905 — there are many
)
"""Words that the views use themselves, or that stand in what is not hidden here."""


def _manifest(capture: Path) -> dict[str, Any]:
    name = f"{capture.name.partition('.')[0]}.json"
    manifest: dict[str, Any] = json.loads(capture.with_name(name).read_bytes())
    return manifest


def _leaves(value: Any) -> Iterator[str]:  # noqa: ANN401
    """Yield the texts that a pattern is made of."""
    if isinstance(value, str):
        for each in _VALUE.findall(value) if value.startswith("{") else [value]:
            yield from _SEPARATORS.split(each)
    elif isinstance(value, dict):
        for each in value.values():
            yield from _leaves(each)


def _names(manifest: dict[str, Any]) -> Iterator[Any]:
    """Yield all channels and patterns that applications have used."""
    for each in manifest.get("by_pattern_tx", ()):
        yield json.loads(each.partition(" ")[2])
    for each in manifest.get("applications", ()):
        for key in ("published", "subscribed", "unsubscribed", "delivered"):
            yield from each.get(key) or ()
        yield from (call["pattern"] for call in each["calls"])
        for one in each["handled"]:
            yield one.get("channel", one.get("subject"))
        yield each.get("queue")


def _words(names: Iterable[Any]) -> set[str]:
    """Return the words of all names that are not a broker's own."""
    names = [
        each for each in names if not (isinstance(each, str) and each.startswith(_OWN))
    ]
    found = {word for name in names for word in _leaves(name) if len(word) > 1}
    return found - {"reply"}  # which tells channels of replies from others, and stays


def _pattern(words: set[str]) -> re.Pattern[str]:
    either = "|".join(map(re.escape, sorted(words))) or "(?!)"
    return re.compile(rf"(?<![A-Za-z0-9])(?:{either})(?![A-Za-z0-9])")


def _named(line: Any) -> Iterator[Any]:  # noqa: ANN401
    """Yield what names a channel or a route, anywhere in a line of JSON."""
    if isinstance(line, list):
        for each in line:
            yield from _named(each)
    elif isinstance(line, dict):
        for key, value in line.items():
            if key in _NAMING:
                yield value
            elif isinstance(value, list | dict):
                yield from _named(value)


def _told(lines: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(line["kind"], line["outcome"]) for line in lines]


@pytest.mark.parametrize("capture", _CAPTURES, ids=lambda each: each.name)
def test_no_word_of_a_channel_is_in_any_view_or_in_what_is_written(
    capture: Path, tmp_path: Path
) -> None:
    written = tmp_path / "written.pcapng"
    plain = run("exchanges", capture, "--json").lines
    words = _words(_names(_manifest(capture))) | _words(_named(plain))
    telling = _pattern(words - _OURS)
    hidden = run("exchanges", capture, "--json", "--write", written, *_HIDDEN).lines
    again = run("exchanges", written, "--json").lines
    name = capture.name
    views = _FEWER if "slow-consumer" in name or "nest12" not in name else _VIEWS
    outputs = [run(view, capture, *rest, *_HIDDEN) for view, *rest in views]

    assert _told(plain) == _told(hidden) == _told(again)
    assert words.intersection(_words(_named(plain)))
    for lines in (hidden, again):
        assert not words.intersection(_words(_named(lines)))
    for outcome in outputs:
        assert outcome.out
        assert not telling.findall(outcome.out + outcome.err)
    assert not telling.findall(written.read_bytes().decode("latin-1"))
