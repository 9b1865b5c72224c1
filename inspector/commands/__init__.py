"""The commands of ``protocol-inspect``, one module each.

A module is named as its command, and holds a function of that name. What commands
share is in ``run`` (an inspection on behalf of a command), ``options`` (what most of
them take) and ``speech`` (words on stderr).
"""
