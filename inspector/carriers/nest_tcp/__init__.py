"""Nest's own TCP transport: frames ``length#json``.

recognition  which connections are Nest's, and where a frame begins
reading      consecutive bytes of one direction to the packets in them
dialects     in which unit a writer counts
pieces       the chunks of a frame that is not complete
patience     silence inside a frame, and many frames at once
"""
