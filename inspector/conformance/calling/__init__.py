"""The checks of clients, and who makes them.

steps   what a client is asked to do, and what it should see
plan    all steps, in their order
grader  what a client wrote and reported, judged; without I/O
habits  checks that are about everything it wrote
desk    the server that it connects to
"""
