"""The server: patterns to handlers, handlers to replies.

::

    Service ─► Routes ─► Handler                              what is registered
    Server ─► Connection ─► Desk ─► Call ─► Connection        what runs

==============  ===================================================================
module          contents
==============  ===================================================================
service         a registry that can be run on a TCP port
probing         … probes of it by HTTP, from its start to its end
lifespan        the life of a server, within that of what its service needs
health          … whether what it needs is there, by checks of its own
registry        what a service consists of: handlers, and what goes around them
routers         handlers that belong together, to be included in a service
registrar       … the decorators that services and routers have in common
methods         methods as handlers
registrations   a function for patterns, and what goes around it
prefixes        prefixes of patterns
listener        a server that listens by TCP
planning        by which transports a service is served
connection      one TCP connection: the respondent to its packets
endpoints       … and what brings the messages of a broker
desk            packets to handlers; here and below, no module knows the transport
calls           one run of a handler, up to its last reply
work            tasks in flight, and how many there may be
streams         the values of a generator as replies
joining         the joint reply of several event handlers
unknown         patterns without a handler
scopes          what goes around handlers, in which order:
exceptions      … functions that handle exceptions
middleware      … functions that run around every handler
guards          … functions that say whether a handler may run
routes          patterns to handlers
handlers        functions as handlers
injection       … with what they depend on
dependencies    what makes that, for each call
parameters      what the parameters of a handler are for
depends         the mark of a parameter that depends on something
results         what handlers may not declare to return
threads         threads for handlers that block
replies         the bodies of replies
quick_replies   … those of plain handlers in one step
context         what a handler can learn about a call
states          what a server is doing: starting, ready, stopping
reporting       … and what the log says of it, at its start and at its end
respondent      the way back of a call: the protocol of a connection
==============  ===================================================================
"""

from .context import Context
from .health import Health
from .listener import Server
from .routers import Router
from .service import Lifespan, Service

__all__ = ["Context", "Health", "Lifespan", "Router", "Server", "Service"]
