"""The observer: captures of TCP traffic to exchanges between Nest services.

capture/    files to consecutive bytes of one direction of a connection
analysis/   bytes to packets, exchanges, findings and the report
views/      exchanges and reports for people and for programs
pipeline    the whole inspection, in the order the bytes take
cli         the command ``protocol-inspect``

record      one captured packet of a capture file, numbered from 1 as Wireshark does
segment     the TCP segment in a record
chunk       consecutive bytes of one direction, carried by one data packet
gap         bytes of a direction that the capture lacks
exchange    a request and its replies, or an event
finding     something that a developer should know, with its cause and its fix
"""
