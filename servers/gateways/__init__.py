"""Gateways: a service that browsers reach, by Socket.IO or by plain WebSockets.

::

    from servers.gateways import SocketIo       # pip install protocol-inspect[socketio]

    main = SocketIo(port=3000, namespace="/main", auth=verify)
    asyncio.run(service.serve(Tcp(port=8888), main))
    main.to("tea").emit("said", "hello")        # from anywhere in the process

===========  ======================================================================
module       contents
===========  ======================================================================
gateway      what both have in common: who is there, rooms, hooks, who may come
ws           a gateway of plain WebSockets, as Nest's ``WsAdapter``
ws_lines     what carries texts to a client of such a gateway
socket_io    a gateway of Socket.IO, as Nest's ``IoAdapter``: one namespace
ports        a port that namespaces share: the HTTP server and its sessions
sessions     one session of Engine.IO: packets of Socket.IO, from and to clients
engines      what carries sessions: engineio, whose tasks end with it
packets      packets of Socket.IO from text
texts        packets of Socket.IO as text
settings     who may come, and where a gateway listens
halls        a gateway that is open: clients, their messages, its end
respondents  one message as the way back of its replies
answers      replies as Nest's gateways send them: acknowledgement, event, exception
members      members of JSON objects, each as text
clients      who is connected: what a handler can do with whoever asked
crowds       clients in rooms, and who of them is meant
messages     what a gateway says of a message
handshakes   how a client introduces itself, and where its page may be from
===========  ======================================================================
"""

from .clients import GatewayClient
from .handshakes import Handshake
from .messages import GatewayMessage, client_of
from .socket_io import SocketIo
from .ws import Ws

__all__ = [
    "GatewayClient",
    "GatewayMessage",
    "Handshake",
    "SocketIo",
    "Ws",
    "client_of",
]
