"""TCP: records to consecutive bytes of one direction.

segments     TCP headers: records to segments
copies       packets that were captured twice
reordering   bytes that wait for those before them
connections  a connection and its two directions: sequence numbers, ACKs, probes
interest     which connections are read
flows        which connection a segment belongs to
reassembly   segments to Chunk | Gap | Acknowledgement | Limited | Closed | End
"""
