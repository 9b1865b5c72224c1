"""Nest's own TCP transport: frames ``length#json``.

::

    recognition ─► talk ─► reading ─► Transfer | Trouble | Remark
                             dialects: in which unit a writer counts
                             pieces:   the bytes of a frame that is not complete
                             patience: silence inside a frame, and many frames at once
                             codes:    which findings errors are
    carrier: all of it, as the interface of a carrier has it
"""
