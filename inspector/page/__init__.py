"""The page: a report as one file of HTML, to send to somebody or to attach to a ticket.

::

    exchanges, findings ─► gathering ─┐
    packets of the journal ─► packets ┴─► data (JSON) ─► document ─► one file
                                             └─► render(data) in the browser, again

==============  ===================================================================
module          contents
==============  ===================================================================
document        the data of a page as one file of HTML that loads nothing
embedding       data as JSON in an element of HTML, and what room that takes
data            what a page shows, as one object of JSON
sections        findings, services, patterns and packets of a page, as tables
charts          distributions, calls over time and the map of services, as numbers
details         one exchange as a page has it: its row, and what its drawer shows
hops            how an exchange passed, as the arrows of its ladder
tables          tables of a page, which template and script lay out alike
gathering       what a page needs of an inspection, while the captures are read
stores          the exchanges that a page has: those in trouble, the slowest, the newest
parents         for whose sake exchanges were made, sought beside the inspection
trimming        an exchange without the bulk of its payloads
packets         the packets that a page has, and what each carried
page_limits     how much of a capture a page has
==============  ===================================================================

``page.html`` is the template, ``style.css`` its style, and the files in ``script``, one
after the other, its script. What a page shows is in its data; template and script only
lay that out, the same way: the template for readers without a script, for paper and for
a first look, the script for all that moves. The script sets text and never markup, so
that nothing of a capture becomes code.
"""
