"""Exchanges to chains: which exchange was made for the sake of which.

tokens     the values of a payload, and those that are in two payloads by no chance
traces     what trace a request belongs to, as W3C Trace Context tells
notes      what is kept of an exchange: who had it, from when until when
book       notes by the values and traces in them, as far as they may be a parent
steps      which calls of a request wait for one another, and which have to
middle     whether somebody who is asked was seen to ask others
origins    which values are rare: they came into the traffic once
ports      what the exchanges of a port show, and when those who listen were at work
lanes      which outgoing ports are of the service on a listening port
flows      who is the first to say what passed at a port alone, and so has that port
customs    what calls have in common: how soon they are made, and with what data
rivals     which of several possible parents are left out, by these alone …
clients    … by what is known of the clients of gateways …
narrowing  … and narrowed down as long as more than one remains
choosing   the parent of those that it may be
possible   whether there can be chains at all
seeking    all of it, exchange by exchange …
sought     … where there can be chains
trees      exchanges with their parents as trees …
processes  which connections are of one process
paths      … with who waited for whom, and what took the time
"""
