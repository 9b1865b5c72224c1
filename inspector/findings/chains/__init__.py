"""Findings about chains: what a request has to do with the calls that it causes.

failed_by_call        requests that failed after a call that they made had failed
repeated_call         requests that make the same call again and again
sequential_calls      requests whose independent calls wait for one another
waited_on_one_call    requests that waited for one call nearly all of their time
"""
