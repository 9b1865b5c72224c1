"""From capture files to consecutive bytes.

::

    records      a file or stdin          → PacketRecord
    links        link header              → where the IP header begins
    segments     IP and TCP headers       → Segment
    reassembly   order, overlap, loss     → Chunk | Gap | Acknowledgement | Limited |
                                            Closed
"""
