"""The client: calls to requests, replies to the calls that wait for them.

::

    Client ─► Caller ─► Wires, which are a Pool ─► Link ─► Connection, which is a Wire

==============  ===================================================================
module          contents
==============  ===================================================================
client          the client
blocking        the client for code that is not asynchronous
options         types of the options of calls and clients
opening         a client on one event loop after the other
assembly        … what a client consists of on one event loop
retries         calls that failed, made again
policies        … when, and how often
caller          making a call; knows wires, but no transport
many            many calls of one pattern: their values, in the order of the payloads
feeding         … of a thread that blocks
asked           … those that wait for their reply while others begin
checking        … looking for integers that JavaScript rounds
pool            the TCP connections of a client; its wires
discovered      … or of those that a registry names
discovery       … which says them: the protocol of a registry
statuses        the states of the servers, to read and to be told of
links           one address: its connection, made on demand
targets         what the first arguments of a client name
brokers         … of which one may be a broker
addresses       hosts with ports, paths, and how each is connected to
connection      one TCP connection; a wire
streams         the values of a reply, for an asynchronous iteration
replies         … each of them read into the type that its caller expects
calls           calls that wait for replies, and what each reply means
quick_replies   … the replies that most calls get, in one step
deadlines       the deadlines of many calls, with few timers
observations    calls, reported to hooks
packets         the bodies of requests and events, and the ids of requests
middleware      functions that run around every call
breaker         servers whose calls fail: when they get none, and when one again
ejection        servers that hang: when they get no calls, and when again
backoff         the waits between attempts to connect
wire            what the caller needs of a transport: the protocol of a connection
==============  ===================================================================
"""

from .backoff import Backoff
from .blocking import BlockingClient
from .breaker import Breaker
from .client import Client
from .discovery import Discovery
from .ejection import Ejection
from .links import ConnectionEvent
from .many import Replies
from .policies import Retry, RetryBudget
from .statuses import ServerStatus
from .streams import Stream

__all__ = [
    "Backoff",
    "BlockingClient",
    "Breaker",
    "Client",
    "ConnectionEvent",
    "Discovery",
    "Ejection",
    "Replies",
    "Retry",
    "RetryBudget",
    "ServerStatus",
    "Stream",
]
