"""The libraries that brokers need: extras, loaded when one is connected to."""

from __future__ import annotations

from importlib.util import find_spec

from servers.errors import UsageError


def require_extra(library: str, extra: str) -> None:
    """Make sure that a library is installed, without loading it.

    Args:
        library: The module that it is imported as.
        extra: The extra of this package that installs it.

    Raises:
        UsageError: It is not; says how to install it.
    """
    if find_spec(library) is None:
        raise UsageError(
            f"{extra} needs a library: pip install 'protocol-inspect[{extra}]'"
        )
