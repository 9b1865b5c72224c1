"""``protocol-call replay``: send what was recorded again, and compare the answers.

==========  ====================================================================
module      contents
==========  ====================================================================
acting      the command, from its options to the exit code
options     its options
planning    … and what they ask for
running     the whole run: what is read, sent at its time, and counted
ahead       recordings that are read while others are sent
sending     one recording: sent, and its answer compared
pacing      when each is sent
choosing    which are sent, and why the others are not
reading     which names say that nothing is changed
words       what is reported
preview     … of a dry run: what would be sent
figures     calls, differences and latencies, by route
quantiles   how long calls took, in memory that does not grow
==========  ====================================================================
"""
