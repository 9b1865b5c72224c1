"""A wheel of a small project, and its installation by pip.

The project is built as PEP 427 and PEP 621 say, from its ``pyproject.toml``: a build
backend would have to be fetched.
"""

from __future__ import annotations

import subprocess
import sys
import tomllib
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import TYPE_CHECKING
from zipfile import ZipFile

from tests.patience import PATIENCE

if TYPE_CHECKING:
    from pathlib import Path

_WHEEL = (
    "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
)


def build_wheel(project: Path, folder: Path) -> Path:
    """Build the wheel of a project of single modules; return the file."""
    declared = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))
    about = declared["project"]
    name, version = about["name"].replace("-", "_"), about["version"]
    info = f"{name}-{version}.dist-info"
    files = {
        f"{module}.py": (project / f"{module}.py").read_bytes()
        for module in declared["tool"]["setuptools"]["py-modules"]
    }
    metadata = f"Metadata-Version: 2.1\nName: {about['name']}\nVersion: {version}\n"
    files[f"{info}/METADATA"] = metadata.encode()
    files[f"{info}/WHEEL"] = _WHEEL.encode()
    files[f"{info}/entry_points.txt"] = "".join(
        f"[{group}]\n" + "".join(f"{key} = {value}\n" for key, value in entries.items())
        for group, entries in about["entry-points"].items()
    ).encode()
    wheel = folder / f"{name}-{version}-py3-none-any.whl"
    with ZipFile(wheel, "w") as archive:
        for path, data in files.items():
            archive.writestr(path, data)
        record = "".join(f"{path},{_digest(data)}\n" for path, data in files.items())
        archive.writestr(f"{info}/RECORD", f"{record}{info}/RECORD,,\n")
    return wheel


def install(wheel: Path, target: Path) -> None:
    """Install a wheel into a folder, without asking any index."""
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "--isolated", "--disable-pip-version-check"),
            *("install", "--quiet", "--no-index", "--no-deps", "--no-compile"),
            *("--target", str(target), str(wheel)),
        ],
        check=True,
        capture_output=True,
        timeout=PATIENCE,
    )


def _digest(data: bytes) -> str:
    encoded = urlsafe_b64encode(sha256(data).digest()).rstrip(b"=").decode()
    return f"sha256={encoded},{len(data)}"
