"""The command ``protocol-serve``: find a service, and run it.

===========  ======================================================================
module       contents
===========  ======================================================================
command      the command: its options, its exit codes
reloading    one more process, started again when a file changes
loading      from ``module:service`` to the service
tracebacks   what a user's module raised, without our frames
===========  ======================================================================
"""
