"""Secrets out of what is shown and written, byte for byte as long as before.

::

    texts     what is hidden in a JSON text, in as many bytes and UTF-16 units
    secrets   which keys and values are secrets without being named
    tap       redacts frames where they are seen, so that every output has them so
    patches   which bytes of which packets these are, when a capture is written
"""
