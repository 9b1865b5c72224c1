"""Findings about the network, and about the capture of it.

analysis_limit    a limit of the inspection that was reached
capture_gap       bytes that the capture lacks
captured_twice    packets that were captured twice
clock_step        a clock that was set while calls were pending
connection_reset  a connection that a side reset
empty_connection  a connection that carried nothing
foreign_protocol  another protocol on a port of Nest
nagle_stall       a packet that waited for a delayed ACK
out_of_order_capture  a reply that precedes its request in the capture
proxy_protocol    the header of a proxy before the first frame
refused_connection  a connection that was refused, or for which nobody answered
one_direction     a connection of which one direction was captured
retransmissions   segments that were retransmitted
snap_length       packets that the capture truncated
tls_alert         an alert of TLS that breaks a connection off
undecrypted_tls   a connection of TLS that the key log does not decrypt
zero_window       a side that has no room for more bytes
"""
