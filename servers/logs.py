"""Loggers whose handlers may raise without harm to the traffic.

The handlers of the standard library report what goes wrong in them to stderr. Other
handlers, filters and formatters need not, and their errors would end the connection,
or the call, that writes the line.
"""

from __future__ import annotations

import logging
import traceback
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import MutableMapping


class SafeLogger(logging.LoggerAdapter[logging.Logger]):
    """A logger that raises nothing but KeyboardInterrupt and SystemExit."""

    def process(
        self,
        msg: object,
        kwargs: MutableMapping[str, Any],
    ) -> tuple[object, MutableMapping[str, Any]]:
        """Return both unchanged; the standard adapter drops ``extra``."""
        return msg, kwargs

    # decision 102
    def log(self, level: int, msg: object, *args: object, **named: Any) -> None:  # noqa: ANN401
        """Log, or report the failure to stderr as ``logging.Handler`` does."""
        try:
            self.logger.log(level, msg, *args, stacklevel=2, **named)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException:  # noqa: BLE001 — whatever a handler raises
            if logging.raiseExceptions:
                traceback.print_exc()


def logger_of(side: str) -> SafeLogger:
    """Return the logger of a side, ``server`` or ``client``."""
    return SafeLogger(logging.getLogger(f"servers.{side}"))
