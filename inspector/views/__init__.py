"""Exchanges and reports for people and for programs.

::

    theme           the colour roles, and what stands in for a glyph
    values          JSON values, packet numbers and figures as text
    verdict         the one sentence, and the reasons behind it
    report_view     the report
    exchanges_view  one line per exchange
    jsonlines       JSON lines, the contract of docs/output.md
"""
