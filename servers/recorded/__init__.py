"""What was recorded: exchanges as JSON lines, and how they compare with what is now.

============  =====================================================================
module        contents
============  =====================================================================
loading       a fake service by the name of its file
fakes         a service that answers as recorded
books         the recordings of a route, found by their data
likeness      how much of two payloads is the same
differences   where two values differ
normalizing   values without their spelling, and without what is ignored
hidden        what redaction has left of a value
json_paths    the paths of what is ignored: ``$.user.seen_at``, ``$..ts``
inputs        a file, stdin or a capture, as lines
beginnings    … told apart by their first bytes
recordings    lines to recordings
keys          keys of lines that were misspelt
============  =====================================================================
"""
