"""The page of a live run, at a port beside it: a browser sees what passes.

::

    exchanges, findings, figures ─► watching ─► board ─► viewers
             the thread that inspects ──────┘     └────── the thread that serves

board        the latest state, and who looks at it
increments   states as JSON: the whole, and what is new
watching     a view of a live run whose viewers see a page besides
live_page    … and what that shows
document     the page, with live.js, which keeps it up to date
streaming    server-sent events
guarding     who may read
application  what is answered
serving      the port: a thread with an event loop
"""
