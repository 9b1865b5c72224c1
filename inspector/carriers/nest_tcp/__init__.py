"""Nest's own TCP transport: frames ``length#json``.

::

    recognition ─► talk ─► reading ─► Transfer | Trouble | Remark

carrier      all of it, as the interface of a carrier has it
recognition  whether a stream is Nest's, by what it begins with
talk         both directions of a connection
reading      one direction: frames, packets, and what is wrong with them
dialects     in which unit a writer counts
pieces       the bytes of a frame that is not complete
patience     silence inside a frame, and many frames at once
codes        which findings errors are
"""
