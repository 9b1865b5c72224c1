"""What runs a service: where it listens, and until when.

===========  ======================================================================
module       contents
===========  ======================================================================
plans        how a service is served: where, with what, and how it ends
places       where to listen: a host and a port, or what stands in their place
binding      sockets that are bound to a place, and the file of a Unix socket
probes       readiness and liveness by HTTP, for Kubernetes
signals      what ends a service
several      a service in several processes
supervisor   … which are started, watched, replaced, and ended together
worker       … each as it knows itself
signal_pipe  … signals, among other things that the supervisor waits for
===========  ======================================================================
"""
