"""TCP: records to consecutive bytes of one direction.

segments     TCP headers: records to segments
signs        what a header says beside the bytes that it brings
copies       packets that were captured twice
connections  a connection and its two directions
flows        which connection a segment belongs to
early        bytes that wait for those before them
reassembly   segments to Chunk | Gap | Acknowledgement | Limited | Closed
"""
