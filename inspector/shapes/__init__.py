"""Payloads to what they have in common: shapes, which merge, and schemas.

::

    values ─► Shape (counts, bounded) ─► Schema (claims) ─► faults of a value

schemas     what is claimed of values, in the words of JSON Schema
inferring   a shape to a schema: what so many samples make sure
faults      where a value is not as a schema says
shape       what was seen at each place of values, in counts that merge
texts       strings: their formats, distinct values and an example without its content
"""
