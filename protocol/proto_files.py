"""Methods of services, by the files that describe them.

``protoc`` of grpcio-tools, of the extra ``grpc``, reads ``.proto`` files, in a process
of its own: what is wrong with a file is written to its stderr.

Source: https://protobuf.dev/reference/python/python-generated/#invocation.
"""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from .descriptors import EXTRA, DescriptorError, Method, methods_in

_SOURCE = ".proto"
_LONGEST = 600.0
"""Seconds after which the compiler is not waited for, however busy the machine is …"""
_LIMIT = "import resource as r; r.setrlimit(r.RLIMIT_CPU, (120, 120))"
"""… and seconds of processor time: a large file takes one."""
_RUN = (
    "from sys import argv, exit; from grpc_tools.protoc import main; exit(main(argv))"
)


def methods_of(file: Path) -> dict[str, Method]:
    """Return path → method, of all services that a file describes.

    Args:
        file: A ``.proto`` file, whose imports are looked for in its own folder and in
            the working directory; or a descriptor set, as ``protoc`` writes it.

    Raises:
        DescriptorError: It cannot be read, or describes no service. The message is one
            line, which begins with the name of the file.
    """
    if not file.is_file():
        raise DescriptorError(f"{file}: there is no such file")
    data = _compiled(file) if file.suffix == _SOURCE else _content(file)
    try:
        return methods_in(data)
    except DescriptorError as error:
        raise DescriptorError(f"{file}: {error}") from None


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise DescriptorError(f"{file}: {(error.strerror or '').lower()}") from None


def _compiled(file: Path) -> bytes:
    """Return the descriptors of a ``.proto`` file."""
    spec = find_spec("grpc_tools")
    if spec is None or not spec.submodule_search_locations:
        raise DescriptorError(f"{file}: it takes grpcio-tools: {EXTRA}")
    known = Path(spec.submodule_search_locations[0]) / "_proto"
    source = file.absolute()  # or a name that begins with "-" would be an option
    with TemporaryDirectory() as folder:
        target = Path(folder) / "descriptors"
        said = _compile(
            file,
            *("--include_imports", f"--proto_path={source.parent}", "--proto_path=."),
            *(f"-I{known}", f"--descriptor_set_out={target}", str(source)),
        )
        if said is not None:
            raise DescriptorError(_complaint(file, said))
        return target.read_bytes()


def _compile(file: Path, *arguments: str) -> str | None:
    """Run the compiler; return what it says if it fails.

    It has processor time rather than time, which a busy machine has little of.

    Raises:
        DescriptorError: It takes too long: it waits for what an import is, such as a
            pipe, or its file is endless.
    """
    program = f"{_LIMIT}\n{_RUN}"
    try:
        run = subprocess.run(  # noqa: S603 — no shell, and the file is a name
            [sys.executable, "-c", program, *arguments],
            check=False,
            capture_output=True,
            text=True,
            timeout=_LONGEST,
        )
    except subprocess.TimeoutExpired:
        raise DescriptorError(f"{file}: it cannot be read in time") from None
    if run.returncode < 0:  # by a signal
        raise DescriptorError(f"{file}: it cannot be read in time")
    return run.stderr if run.returncode else None


def _complaint(file: Path, said: str) -> str:
    """Return the first thing that is wrong, of what else is said of a file."""
    for line in said.splitlines():
        if f"{_SOURCE}:" in line and ": warning:" not in line:
            rest = line.removeprefix(f"{file.absolute()}:")
            return f"{file}: {rest}" if rest == line else f"{file}:{rest}"
    return f"{file}: it is malformed"
