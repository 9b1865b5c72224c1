"""What runs a service: where it listens, and until when.

========  =========================================================================
module    contents
========  =========================================================================
binding   sockets that are bound to a place, and the file of a Unix socket
places    where to listen: a host and a port, or what stands in their place
probes    readiness and liveness by HTTP, for Kubernetes
signals   what ends a service
========  =========================================================================
"""
