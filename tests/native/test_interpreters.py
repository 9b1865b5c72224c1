"""The extension has no global state: each interpreter of a process has its own."""

from __future__ import annotations

import sys

import protocol
from tests.native.building import run

_INSIDE = """
from pathlib import Path
from tests.native.loading import load
cut = load(Path({file!r}))
decoder = cut.ShortFrames()
decoder._buffer, decoder._utf16, decoder._direct = b"10#0123456789", True, True
assert decoder.next_bodies() == [b"0123456789"]
assert cut.count_units("\U0001f600".encode()) == 2
print(id(cut.ShortFrames))
"""
_PROGRAM = """
import sys
import _xxsubinterpreters as interpreters
exec(sys.argv[1])  # its type lives on, so that no other has its address
prepare = "import sys; sys.path[:] = " + repr(sys.path)
for _ in range(3):
    each = interpreters.create(isolated=False)
    interpreters.run_string(each, prepare + sys.argv[1])
    interpreters.destroy(each)
"""


def test_every_interpreter_has_a_type_of_its_own() -> None:
    assert protocol.native.cut is not None
    program = _PROGRAM
    if sys.version_info >= (3, 13):
        program = program.replace("_xxsubinterpreters", "_interpreters")
        program = program.replace("isolated=False", '"legacy"')
    inside = _INSIDE.format(file=protocol.native.cut.__file__)

    said = run([sys.executable, "-c", program, inside]).stdout.split()
    assert len(said) == 4
    assert said[0] not in said[1:]
