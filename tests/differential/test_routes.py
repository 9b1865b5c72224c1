"""A route is the name under which a real server looks for the handler."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING

from protocol.collation import collation_key
from tests.differential.comparison import Topic, fresh_seed
from tests.differential.patterns import Pattern
from tests.differential.topics import NAMES, ROUTES

if TYPE_CHECKING:
    from tests.differential.oracle import Nests

_PATTERNS = 10_000  # of each: 20,000 in all
_LATIN_1 = [chr(code) for code in range(0x100) if chr(code) != "\\"]


def _found(topic: Topic[Pattern], nests: Nests) -> str:
    seed = fresh_seed()
    divergences = list(itertools.islice(topic.compare(nests, seed, _PATTERNS), 3))
    return "\n".join(map(str, [f"seed {seed}", *divergences])) if divergences else ""


def test_generated_patterns_are_looked_up_as_we_say(nests: Nests) -> None:
    assert not _found(ROUTES, nests)


def test_generated_patterns_are_registered_as_we_say(nests: Nests) -> None:
    assert not _found(NAMES, nests)


def test_every_pair_of_latin_1_characters_is_sorted_as_nest_sorts_them(
    nests: Nests,
) -> None:
    patterns = [
        Pattern(json.dumps({first: 1, second: 2}))
        for first, second in itertools.permutations(_LATIN_1, 2)
    ]

    assert len(patterns) > 60_000
    assert not list(ROUTES.differences(nests, patterns))


def test_two_characters_side_by_side_are_weighed_as_nest_weighs_them(
    nests: Nests,
) -> None:
    both = ["".join(key) for key in itertools.product(_LATIN_1, repeat=2)]
    keys = sorted([*_LATIN_1, *both], key=collation_key)
    patterns = [Pattern(json.dumps({b: 1, a: 2})) for a, b in itertools.pairwise(keys)]

    assert len(patterns) > 60_000
    assert not list(ROUTES.differences(nests, patterns))


def test_expansions_accents_and_forms_are_weighed_level_by_level(nests: Nests) -> None:
    parts = [
        "s",
        "S",
        "ß",
        "l",
        "L",
        "·",
        "a",
        "A",
        "á",
        "æ",
        "Æ",
        "ª",
        "e",
        "1",
        "½",
        "\x00",
        "ø",
    ]
    keys = ["".join(key) for key in itertools.product(parts, repeat=2)]
    pairs = itertools.combinations([*parts, *keys, "sss", "aee"], 2)
    patterns = [Pattern(json.dumps({b: 1, a: 2})) for a, b in pairs]

    assert len(patterns) > 20_000
    assert not list(ROUTES.differences(nests, patterns))


def test_the_limits_of_depth_and_keys(nests: Nests) -> None:
    nested = ['{"a":' * depth + "1" + "}" * depth for depth in range(1, 12)]
    wide = [json.dumps({str(key): key for key in range(count)}) for count in (20, 21)]
    arrays = ["[" * 7 + "]" * 7, json.dumps([0] * 21)]
    patterns = [Pattern(text) for text in [*nested, *wide, *arrays]]

    assert not list(ROUTES.differences(nests, patterns))


def test_one_pattern_in_many_spellings(nests: Nests) -> None:
    spellings = ["1", "1.0", '"1"', '"1.0"', '"1e0"', '" 1 "', "10e-1", '"\\"1\\""']
    quoted = ['"sum"', '"\\"sum\\""', '"Sum"', '"sum "', '"true"', "true", "null", "-0"]
    infinite = ["1e400", '"1e400"', '{"a":-1e400}', '"{\\"a\\":1e400}"', '"\\ud83d"']
    patterns = [Pattern(text) for text in [*spellings, *quoted, *infinite]]

    assert not list(ROUTES.differences(nests, patterns))
