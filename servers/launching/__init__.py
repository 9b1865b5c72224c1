"""The command ``protocol-serve``: find a service, and run it.

===========  ======================================================================
module       contents
===========  ======================================================================
command      the command: its options, its exit codes
starting     what it does with them
reloading    one more process, started again when a file changes
loading      from ``module:service`` to the service
faking       … or from recordings to one that answers so
creating     a new service, in a folder of its own
templates    … and its files
speech       what the command is called, how it ends, and its words
tracebacks   what a user's module raised, without our frames
===========  ======================================================================
"""
