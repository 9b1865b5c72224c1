"""A regular expression that is compiled when it is first used, not when it is defined.

To compile one takes longer than to load a small module, and a run uses few of them: a
report of plain traffic a dozen of a hundred and fifty.
"""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast


class LazyRegex:
    """What stands for a compiled expression, and has its methods.

    Args:
        pattern: The expression, text or bytes.
        flags: Those of :mod:`re`.
    """

    def __init__(self, pattern: str | bytes, flags: int) -> None:
        self._pattern, self._flags = pattern, flags

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 — what the expression has
        value = getattr(self.compiled(), name)
        self.__dict__[name] = value  # the next time this method is not asked
        return value

    def compiled(self) -> re.Pattern[Any]:
        """Return the expression itself.

        Raises:
            re.error: It is malformed.
        """
        return re.compile(self._pattern, self._flags)


def lazy_regex(pattern: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Return what may be used as an expression, and is compiled by its first use.

    Args:
        pattern: The expression, text or bytes.
        flags: Those of :mod:`re`.
    """
    return cast("re.Pattern[AnyStr]", LazyRegex(pattern, flags))
