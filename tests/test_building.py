"""What is built of this tree: a source distribution, and wheels with C and without."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import venv
from pathlib import Path
from zipfile import ZipFile

import click
import pytest

ROOT = Path(__file__).parents[1]
_SOURCES = {
    "_cut.c",
    "_interface.h",
    "_scan.c",
    "_short_frames.h",
    "_units.h",
    "setup.py",
}
_EXTENSIONS = {"inspector/sources/_scan.abi3.so", "protocol/_cut.abi3.so"}
_BUILD = (
    "import sys\n"
    "from setuptools import build_meta\n"
    "print(getattr(build_meta, sys.argv[1])(sys.argv[2]))\n"
)
_NEWEST_LIBC = (2, 17)  # that of manylinux2014, which every Linux in use has
_ALL: list[str | Path] = ["exchanges", "--json", ROOT / "captures" / "seed-nest12.pcap"]
_OURS = Path(sys.executable).with_name("protocol-inspect")


def _build(what: str, source: Path, into: Path, **environment: str) -> Path:
    """Build a distribution as pip does, but with the setuptools that is installed."""
    done = subprocess.run(
        [sys.executable, "-c", _BUILD, what, into],
        check=False,
        cwd=source,
        env={**os.environ, **environment},
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    return into / done.stdout.splitlines()[-1]


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source distribution of what git has, or would have."""
    tree, made = (tmp_path_factory.mktemp(name) for name in ("tree", "sdist"))
    listed = ["git", "ls-files", "-co", "--exclude-standard", "-z"]
    folders = ["protocol", "inspector", "servers", "docs", "*.*", "LICENSE"]
    names = subprocess.check_output([*listed, *folders], cwd=ROOT, encoding="utf-8")
    for name in filter(None, names.split("\0")):
        if (ROOT / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, tree / name)
    return _build("build_sdist", tree, made)


@pytest.fixture
def source(sdist: Path, tmp_path: Path) -> Path:
    """What is in the source distribution, unpacked."""
    shutil.unpack_archive(sdist, tmp_path)
    return next(tmp_path.iterdir())


def _names(wheel: Path) -> set[str]:
    with ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_the_source_distribution_has_what_is_compiled(sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        names = set(archive.getnames())

    assert {Path(name).name for name in names} >= _SOURCES
    assert not [name for name in names if name.endswith(".so")]


def test_one_wheel_serves_every_python_from_3_11_on(
    source: Path, tmp_path: Path
) -> None:
    wheel = _build("build_wheel", source, tmp_path)

    assert "-cp311-abi3-" in wheel.name
    assert _names(wheel) >= _EXTENSIONS
    assert not [name for name in _names(wheel) if name.endswith((".c", ".h"))]


def test_an_extension_needs_nothing_but_an_old_libc(
    source: Path, tmp_path: Path
) -> None:
    with ZipFile(_build("build_wheel", source, tmp_path)) as archive:
        for name in _EXTENSIONS:
            needed = ["objdump", "-p", archive.extract(name, tmp_path)]
            said = subprocess.check_output(needed, encoding="utf-8")
            versions = re.findall(r"GLIBC_(\d+)\.(\d+)", said)

            assert set(re.findall(r"NEEDED +(\S+)", said)) <= {"libc.so.6"}
            assert all((int(a), int(b)) <= _NEWEST_LIBC for a, b in versions)


def test_without_a_compiler_the_installation_is_python_alone(
    source: Path, tmp_path: Path
) -> None:
    wheel = _build("build_wheel", source, tmp_path, CC="no-such-compiler")
    assert not [name for name in _names(wheel) if name.endswith(".so")]
    programs = _installed(wheel, tmp_path / "environment")

    version = _run(programs / "protocol-inspect", "--version", folder=tmp_path)
    assert version.endswith("without its C extensions: pure Python\n")
    exchanges = _run(programs / "protocol-inspect", *_ALL, folder=tmp_path)
    assert exchanges == _run(_OURS, *_ALL, folder=tmp_path)


def _installed(wheel: Path, folder: Path) -> Path:
    """Install a wheel into a new environment; return where its programs are.

    The dependencies are those of this environment, so that nothing is downloaded.
    """
    venv.create(folder, with_pip=True)
    programs = folder / _OURS.parent.name
    _run(programs / "python", "-m", "pip", "install", "--no-deps", "--no-index", wheel)
    (site,) = folder.glob("**/site-packages")
    ours = Path(click.__file__).parents[1]
    site.joinpath("dependencies.pth").write_text(f"{ours}\n", encoding="utf-8")
    return programs


def _run(*command: str | Path, folder: Path = ROOT) -> str:
    environment = {
        name: value for name, value in os.environ.items() if name != "PYTHONPATH"
    }
    return subprocess.run(
        command,
        check=True,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ).stdout
