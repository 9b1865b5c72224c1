"""Plain traffic in as few steps as it takes, where nobody listens in between.

::

    batch ─► packet in order ─► frame ─► a plain exchange? ─► figures
    chunk ─────────────────────►                │ no: paired as ever

What is not plain goes through the stages, one by one, with nothing lost. The tests hold
both ways equal.

batches          packets that were scanned together
chunks           bytes that one packet carried
plain_exchanges  exchanges of which nothing is wanted but figures …
kept_exchanges   … or figures, and a row of each …
plain_passages   … those that pass over brokers, hop by hop …
plain_unary      … and unary calls where requests may be streams
direct_places    where those over direct carriers are counted …
broker_places    … and those over brokers
plain_bodies     what is read of the bodies of plain packets
"""
