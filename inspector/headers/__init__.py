"""Headers in front of TCP.

links        link headers: where the IP header begins
networks     IP headers: where the TCP header begins
tunnels      what carries IP within IP
fragments    IP packets that travel in pieces
"""
