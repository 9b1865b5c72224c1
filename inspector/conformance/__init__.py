"""Whether a peer in any language speaks as Nest does: ``protocol-inspect conformance``.

card      checks, and how each came out
matching  when two values are one, and when a call is over
reading   frames of a peer that may write them wrong
serving   the checks of servers, who are asked
calling   the checks of clients, who are told what to ask
junit     a card as CI systems read test results
"""
