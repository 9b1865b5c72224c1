"""What passes over several connections of a broker, joined to exchanges.

joining     each transfer is a hop of an exchange …
asking      … requests and events …
crossings   … of which like ones are told apart by who has had them …
answering   … and replies, and errands for the sake of calls
openings    errands that come before their request
book        what is written down of exchanges, until they are told
joined      one of them, and for how long it is remembered
memory      which are open, which were told last, and how each is found
beginning   how it begins, with whichever hop was seen first …
ending      … and how it ends, by what was seen of it
brokers     which brokers are one
tags        what confirms and acknowledgements refer to …
lingering   … and events that wait in a queue until somebody takes them
lacking     what of it the capture may lack
"""
