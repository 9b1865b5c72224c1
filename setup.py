"""The parts in C, which make the same things quicker: an installation needs none.

Everything else about the project is in ``pyproject.toml``. Each extension is optional:
without a compiler, or Python's headers, it is left out with a warning, and Python does
its work. One build serves every CPython from 3.11 on (the stable ABI, ``abi3``); the
free-threaded builds have no such ABI, so theirs serves one version.
"""

from __future__ import annotations

import platform
import sysconfig

from setuptools import Extension, setup

_STABLE = (
    platform.python_implementation() == "CPython"
    and not sysconfig.get_config_var("Py_GIL_DISABLED")
)


def _extension(name: str) -> Extension:
    """Return an extension whose one source file is named as its module."""
    return Extension(
        name,
        sources=[f"{name.replace('.', '/')}.c"],
        include_dirs=["protocol"],
        depends=["protocol/_units.h"],
        define_macros=[("Py_LIMITED_API", "0x030B0000")] if _STABLE else [],
        py_limited_api=_STABLE,
        optional=True,
    )


setup(
    ext_modules=[
        _extension("inspector.sources._scan"),
        _extension("protocol._cut"),
    ],
    options={"bdist_wheel": {"py_limited_api": "cp311"}} if _STABLE else {},
)
