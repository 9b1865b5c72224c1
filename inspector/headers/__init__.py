"""Headers before TCP: where in a record the TCP header begins.

::

    link header ─► IP header ─► … ─► TCP header
    links          networks    tunnels, fragments

links        link headers: where the IP header begins
networks     IP headers: where the TCP header begins
tunnels      headers that carry IP within IP
virtual      VLANs and tunnels that keep equal addresses apart
fragments    IP packets that travel in pieces
"""
