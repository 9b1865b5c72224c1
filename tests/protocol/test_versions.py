"""Each profile says what the real Nest of its version does."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from msgspec.structs import asdict

from protocol import NEST_MAX_UNITS, NEST_VERSIONS, NEWEST, FrameDecoder, NestVersion
from tests.patience import PATIENCE
from tests.protocol.node import node

HERE = Path(__file__).parent
NEST = HERE.parents[1] / "nest"

each_version = pytest.mark.parametrize(
    "version", NEST_VERSIONS, ids=lambda version: version.release
)


def _modules(version: NestVersion) -> Path:
    return NEST / f"v{version.major}"


def _measure(version: NestVersion) -> dict[str, object]:
    """Return what the installed Nest does, asked of its own classes."""
    printed = subprocess.run(
        [node(), HERE / "measure_version.cjs", _modules(version)],
        check=True,
        capture_output=True,
        timeout=PATIENCE,
    ).stdout
    measured: dict[str, object] = json.loads(printed)
    return measured


@each_version
def test_the_profile_is_what_the_real_nest_does(version: NestVersion) -> None:
    profile = asdict(version)
    del profile["major"], profile["release"]

    assert profile == _measure(version)


@each_version
def test_the_release_is_the_one_that_is_installed(version: NestVersion) -> None:
    package = _modules(version) / "node_modules/@nestjs/microservices/package.json"

    assert json.loads(package.read_bytes())["version"] == version.release


@each_version
def test_a_profile_is_found_by_major_number_and_by_release(
    version: NestVersion,
) -> None:
    names = [version.major, f"v{version.major}", version.release]

    assert all(NestVersion.of(name) is version for name in names)


@pytest.mark.parametrize("unknown", ["", "9", "11.0.0", "12.x", "vv12", "latest"])
def test_a_version_that_was_not_measured_has_no_profile(unknown: str) -> None:
    with pytest.raises(ValueError, match=r"there are 10 \(10.4.22\), 11 \(11.2.6\)"):
        NestVersion.of(unknown)


def test_the_newest_is_the_last_and_gives_the_decoder_its_limit() -> None:
    assert NEST_VERSIONS[-1] is NEWEST
    assert FrameDecoder().max_units == NEWEST.max_units == NEST_MAX_UNITS


def test_nest_10_gives_the_decoder_no_limit() -> None:
    assert FrameDecoder(max_units=NestVersion.of("10").max_units).max_units is None
