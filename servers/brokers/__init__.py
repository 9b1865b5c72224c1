"""What every broker has in common, for services and for clients.

::

    subscription ─► Subscriber ─► desk ─► MessageRespondent ─► Publisher ─► broker
    Caller ─► BrokerWires ─► BrokerWire ─► Publisher ─► broker ─► BrokerWire.settle

==============  ===================================================================
module          contents
==============  ===================================================================
transport       what a service is served over, and a client calls over
subscribing     a service at a broker: connected, connected again, ended
respondents     one message of a broker, as the way back of its replies
ends            … which is told how its handlers end
ways            a client at a broker: its one wire, connected when a call needs it
shared_replies  … whose replies come by channels that all clients may hear
confirming      … where the broker confirms what it has taken
wires           … the calls that wait on that, and their replies
publishing      what waits to be published, in its order
letters         bodies, with the channel and the headers that a broker needs besides
urls            URLs of brokers, with and without their secrets
channels        which channels of replies a client hears, and for how long
wildcards       routes with wildcards, and what belongs to them
extras          the libraries that brokers need
==============  ===================================================================
"""
