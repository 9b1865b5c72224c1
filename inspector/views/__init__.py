"""Exchanges and reports for people and for programs.

::

    theme           the colour roles, and what stands in for a glyph
    values          JSON values, packet numbers and figures as text
    verdict         the one sentence, and the reasons behind it
    report_view     the report
    exchanges_view  one line per exchange
    timeline_view   calls over time, and how long they took
    bars            block characters and their axes
    explain_view    a frame, what is wrong with it, and what Nest does
    characters      the characters of a body, one by one
    jsonlines       JSON lines, the contract of docs/output.md
"""
