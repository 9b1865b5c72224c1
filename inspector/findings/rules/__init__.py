"""The rules of the catalogue, by what they are about.

::

    rule      what a rule is
    calls     requests, replies and events
    framing   lengths and bodies
    network   what TCP and the capture do
    payloads  what travels in data and response
"""
