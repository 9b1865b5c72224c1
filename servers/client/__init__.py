"""The side that asks: calls to frames, replies to the calls that wait for them.

::

    Client ─► Caller ─► Pool ─► Link ─► Connection      one link for each address
"""

from .backoff import Backoff
from .blocking import BlockingClient
from .client import Client
from .links import ConnectionEvent
from .streams import Stream

__all__ = ["Backoff", "BlockingClient", "Client", "ConnectionEvent", "Stream"]
