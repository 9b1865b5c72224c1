"""The parts in C, which make the same things quicker: an installation needs none.

Everything else about the project is in ``pyproject.toml``. Each extension is optional:
without a compiler, or Python's headers, it is left out with a warning, and Python does
its work. One build serves every CPython from 3.11 on (the stable ABI, ``abi3``). Other
Pythons have none: the free-threaded builds, for which nothing here takes locks, and
those whose emulation of the ABI costs more than is won.
"""

from __future__ import annotations

import platform
import sysconfig

from setuptools import Extension, setup

# decision 130: What is written in C is optional, and has one build
_WANTED = (
    platform.python_implementation() == "CPython"
    and not sysconfig.get_config_var("Py_GIL_DISABLED")
)
_HEADERS = ("_interface", "_short_frames", "_units")


def _extension(name: str) -> Extension:
    """Return an extension whose one source file is named as its module."""
    return Extension(
        name,
        sources=[f"{name.replace('.', '/')}.c"],
        include_dirs=["protocol"],
        depends=[f"protocol/{each}.h" for each in _HEADERS],
        define_macros=[("Py_LIMITED_API", "0x030B0000")],
        py_limited_api=True,
        optional=True,
    )


_EXTENSIONS = ("inspector.sources._scan", "protocol._cut")

if _WANTED:
    setup(
        ext_modules=[_extension(name) for name in _EXTENSIONS],
        options={"bdist_wheel": {"py_limited_api": "cp311"}},
    )
else:
    setup()
