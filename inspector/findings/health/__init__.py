"""Findings about many calls together, judged when the last of them is over.

blocked_loop     calls that waited until another was answered
error_burst      calls that fail one after the other, from some time on
failing_pattern  a pattern of which too many calls fail
failures_share   what all failed calls carry, and no other call
silent_pattern   a pattern that a server answers no more
silent_server    a server that answers nothing any more
slow_call        a call that takes much longer than the others of its pattern
slow_pattern     a pattern whose calls take a second or more
slow_server      a server that takes much longer than others for the same pattern
"""
