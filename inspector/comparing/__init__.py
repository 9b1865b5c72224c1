"""Comparing two captures: what differs in payloads and figures by more than chance.

::

    exchanges ─► Side (figures, shapes) ─┐
    exchanges ─► Side                   ─┴─► Comparison

comparison     two sides to what differs, judged together
measures       times, sizes, packets and failures of a pattern, before and after
shape_changes  where payloads have other shapes, and whether that breaks who reads them
sides          exchanges to the figures and shapes of one side
chance         how likely a difference is by chance alone
"""
