"""What of this machine the program can use: ``protocol-inspect doctor``.

check     one thing that was looked at: what was found, what it means, what mends it
rights    who may capture packets here
programs  Python, and programs that record, read and answer
packages  extras, and third-party carriers and findings
extensions  what is written in C, or Python in its place
terminal  width, colour and characters
"""
