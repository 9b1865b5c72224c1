"""The checks of servers, and what makes them.

line         one connection to the server
target       the server: what it can be asked, and how it answers as a rule
registry     how checks are written down
framing      lengths, their unit, and frames in any pieces
packets      ids, keys, patterns and payloads
replies      replies, streams, errors and events
connections  mistakes of a client, and the ends of connections
grading      all checks, one after another
"""
