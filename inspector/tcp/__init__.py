"""TCP: records to consecutive bytes of one direction.

segments      TCP headers: records to segments
scans         … of packets that were scanned
copies        packets that were captured twice
reordering    bytes that wait for those before them
connections   a connection and its two directions: sequence numbers, ACKs, probes
interest      which connections are read
flows         which connection a segment belongs to
translations  connections that are seen before and after NAT
reassembly    segments to Chunk | Gap | Acknowledgement | Limited | Closed | End
prints        what tells a packet wherever it is captured
alignment     how the clocks of captures differ, by the packets that they share
taps          several captures as one, by one clock, each packet once
"""
