"""The expression language of ``--where`` and ``--fail-on``.

::

    text ─► parser (grammar.lark) ─► tree ─► compiler ─► a function of an exchange

An expression speaks the words of the JSON lines (:mod:`.fields`) and judges their
values as JSON has them (:mod:`.values`): ``route == "sum" and latency > 100ms``.
docs/filters.md tells it with examples.
"""
