"""Packets to exchanges: who asked what, and who answered.

recognising   which carrier brings the bytes of a connection
conversing    … or both sides converse in frames whose bodies are not JSON
searching     where a unit begins in the middle of a stream
counting      how many units were read
observing     what is seen on the connections that a carrier reads
secrecy       … and what keeps them secret
tracking      places of units to the data packets that carried them
seen          what is seen: packets, and bytes that are not a packet
unframed      the bytes where a frame should begin
foreign       connections to a port of Nest that no carrier reads
exchanges     a request and its replies, or an event
statuses      what the status code of an error says of who is at fault
ways          by what quicker way a direction may be read next
beginnings    what may begin what Nest does, held until there is Nest
matching      what makes exchanges of what is seen …
pairing       … on one connection: replies to the request that they answer
waiting       … with the calls that wait there
plain         … of which most are exchanges only when somebody asks
streaming     … whose requests may be streams
deadlines     … and how long their callers wait
requests      … of HTTP, which are not Nest's
gateways      … in sessions, in which both sides ask …
sessions      … with who waits in each, and its connections
keeping       … and how many bytes of payloads wait
joining/      … over several connections of a broker
chains/       for whose sake exchanges were made, as trees
dispatching   … for each carrier as it needs it
identities    what tells ids of packets apart, and patterns of routes
links         the parent of an exchange, as far as it is known
leaves        the values of JSON that hold no others, each with its key
passages      how an exchange passed over a broker: its hops
settling      packets added to an exchange, and its end
unended       which exchanges may end after the capture
steps         when the clock of the capture was set, as calls show it
costs         how many packets an exchange takes when nothing comes between
reasons       why an exchange took the packets that it took
participants  who speaks on a connection
serving       whom an exchange is served by: a server, or a queue group of a broker
ordering      exchanges in the order of their requests
"""
