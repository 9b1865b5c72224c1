"""A long capture read by two processes, each with a part of the connections.

::

    capture ─► part 0 ─► figures, notes ─┐
            └► part 1 ─► figures, notes ─┴─► merged: the report of the whole

Each reads all records, and inspects the connections of its part as one process would
inspect them all. What depends on more than one connection (the numbers of exchanges,
the habits of a pattern, strangers on a port) it notes, and the notes are gone through
in the order of the capture when all parts are done. So the report is exactly that of
one process; where it could not be, there is none, and one process does it all.
"""
