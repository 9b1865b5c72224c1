"""What passes over several connections of a broker, joined to exchanges.

joining     each transfer is a hop of an exchange …
asking      … requests and events …
crossings   … of which like ones are told apart by who has had them …
answering   … and replies, and errands for the sake of calls
openings    errands that come before their request
listening   … and those for a reply channel that many calls share
pairs       which two connections are one peer's
book        what is written down of exchanges, until they are told
joined      one of them, and for how long it is remembered
plain       … of which most are exchanges only when somebody asks …
plain_hops  … and how their hops are joined in few steps
memory      which are open, which were told last, and how each is found
beginning   how it begins, with whichever hop was seen first …
ending      … and how it ends, by what was seen of it
audiences   who can have had an event
brokers     which brokers are one
unsettled   which of those a destination may give back
exact       what identifies a transfer on both sides of its broker
tags        what confirms and acknowledgements refer to,
            and what waits for them …
lingering   … and events that wait in a queue until somebody takes them
lacking     what of it the capture may lack
"""
