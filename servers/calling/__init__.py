"""The command ``protocol-call``, in parts.

=============  ====================================================================
module         contents
=============  ====================================================================
acting         what the commands do
prompt         statements from a terminal, or from the lines of stdin
line_editor    … edited by prompt_toolkit
conversing     statements to calls, on one connection that stays open
statements     what is typed at the prompt
options        arguments and options, and the call that they ask for
question       … as one value
questions      what is asked at a terminal, for an argument that was left out
output         replies as JSON to stdout, everything else to stderr
asking         the calls, one after the other
watching       … at an interval, drawn in place
completing     what shells complete
configuration  names for servers and calls, in ``protocol-inspect.toml``
history        the patterns that were called, for completion
addresses      ``host:port`` and ``unix:/path``
=============  ====================================================================
"""
