"""What a developer should know: what was seen to findings.

finding      one place that shows something
detective    what is seen and paired to findings
habits       how patterns are used, to find what is out of habit
payloads     credentials, and binary data as text
groups       equal findings as one
catalogue    each code with its words
rules/       those words, by what they are about
"""
