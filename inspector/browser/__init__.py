"""Captures, and live traffic, to look through on a terminal.

::

    captures ─► session (main pass) ─► store (SQLite) ─► lists ─► grid ┐
        └─────► looking (read again) ─► details, ladder, packets ─► pane ┴─► app

What a person sees are the rows, columns and words of the commands. Exchanges are kept
on disk, rows are made when they are looked at, and packets are read again from the
file.
Textual, an extra, is imported by the widgets alone, and by no other command.

packing         an exchange to bytes and back
connections     … and a connection
schema          the tables of exchanges, and their columns
ordering        rows in order, chunk by chunk
texts           payloads of many exchanges in one text, and where a word is
places          the routes and connections of all
store           exchanges on disk: kept, sorted, read by their numbers
plain_rows      … and plain exchanges, of which none is made before one looks
asking          what is typed as a filter, to what it asks for
translating     … and as a condition of SQL, as far as it has one
searching       a search in steps
completing      what can stand where one types
session         what is browsed: the exchanges, the findings, the report
looking         what is not kept, read again: packets, ladders
lines           what other commands print, as lines
listed          what a list is: columns, rows, an order
exchange_list   the list of exchanges
report_lists    those of patterns, services, findings, connections
row_filters     the filter for the exchanges that one of their rows counts
details         all of one exchange, or of a finding, as lines
folding         objects and arrays that fold
comparing       how two exchanges differ
live            live traffic: another thread finds what is shown
desk            what can be done besides: read again, write, name commands
keys            the keys, for the help
titles          what the first lines say
drawing         rich's text as what Textual draws
grid            the widget of a list
pane            … and of lines
bars            the lines above and below
filter_box      the box of the filter
prompts         screens in front of the list
state           what the parts of the browser share
carrying        copying, marking, comparing, writing
filtering       filtering, and what is listed then
opening         what is opened: details, ladders, packets
app             all of it on one screen
"""
