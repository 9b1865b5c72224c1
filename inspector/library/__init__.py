"""The library: captures to exchanges, findings and a report, as values of Python.

What is public of it is in :mod:`inspector`; ``docs/library.md`` is the guide.

inspection  ``inspect()``, and what it returns
results     what several passes over one source found, as far as it is kept
passes      one pass: what the command and the library have in common
given       what a caller may give: paths, an open file, records
options     what a caller may ask for, checked
exchange    an exchange …
reply       … with its replies …
passing     … and how it passed over a broker
kept        … what it keeps of its connection and packets
advice      findings
overview    the report, and what happened under each route
health      the state of the services for programs
reprs       values in the few cells of a ``repr``
"""
