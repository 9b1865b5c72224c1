"""gRPC: a service that answers over it, and a client that calls over it.

::

    from servers.grpc import Grpc, method       # pip install protocol-inspect[grpc]

    @service.message(method("Calculator", "Sum"))
    def add(data): ...

    asyncio.run(service.serve(Grpc("127.0.0.1:5000", proto="calc.proto")))

==========  =======================================================================
module      contents
==========  =======================================================================
transport   where the service is, and what it offers
settings    … as both ends are given it
security    certificates for TLS, as grpcio takes them
endpoint    a service there: a handler for each method
wire        a client there: a call for each request
sending     the messages of a client: one, a list, or a stream of them
reading     messages as JSON, and what their file lacks
respondent  the way back of a call
messages    what gRPC says of a call, and the messages of a stream
methods     patterns of methods, as Nest has them, and the files that offer them
statuses    errors of handlers as statuses of gRPC, and back
==========  =======================================================================
"""

from .messages import GrpcMessage
from .methods import method
from .transport import Grpc

__all__ = ["Grpc", "GrpcMessage", "method"]
