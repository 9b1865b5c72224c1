"""Where the servers of a client are: Consul, DNS and Kubernetes say it.

::

    Client(discover=consul("calc"))
    Client(discover=dns_srv("_nest._tcp.calc.internal"))
    Client(discover=kubernetes("calc", port="nest"))

==============  =====================================================================
module          contents
==============  =====================================================================
consul          services in Consul: finding them, and being one of them
dns             SRV records
kubernetes      endpoint slices of a service
asking          requests by HTTP, as the modules before need them
==============  =====================================================================

The extra ``discovery`` installs what they ask with (httpx, dnspython).
"""

from .consul import Registration, consul
from .dns import dns_srv
from .kubernetes import kubernetes

__all__ = ["Registration", "consul", "dns_srv", "kubernetes"]
