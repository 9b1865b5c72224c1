"""Which exchanges are meant, and the expression language that says so.

::

    text ─► parser (grammar.lark) ─► tree ─► compiler ─► a function of an exchange

An expression speaks the words of the JSON lines (:mod:`.fields`) and judges their
values as JSON has them (:mod:`.values`): ``route == "sum" and latency > 100ms``.
docs/filters.md describes it with examples.

keys         the keys of an exchange: what each is called, and how it is read
passages     … and those of how it passed over a broker
as_sent      values and payloads as a JSON line has them
fields       the words of an expression: the keys, and a few more
vocabulary   the words of an expression, whatever it is about
parser       the text of an expression to its tree
literals     numbers with their units, and strings
quantities   … and what these measure
measuring    … and what the parts of an expression do
compiler     the tree to a function
values       what operators find in JSON values
selection    --where: which exchanges are chosen
grep         --grep: … by a text in them
moments      --from, --to: … by when they began
watching     … and what to say when it selects none
arranging    --sort, --limit, --last: in which order, and how many of them
projection   --fields: what is shown of an exchange
conditions   --fail-on: whether the totals break a condition
"""
