"""The side that answers: patterns to handlers, handlers to replies.

::

    Service ─► Routes ─► Handler          what is registered
    Server ─► Connection ─► Call          what runs
"""

from .context import Context
from .listener import Server
from .service import Service

__all__ = ["Context", "Server", "Service"]
