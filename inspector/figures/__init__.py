"""Exchanges and findings to figures that merge.

report        the totals of an inspection
summary       … by the keys of the last JSON line
rows          its rows: packets by kind, and what routes do
traffic       … between each client and each server
requests      … and requests of HTTP, which are not Nest's
roles         who asks and who answers over brokers
stage_times   how long calls took in the hands of a broker
failures      how exchanges failed: with which status, how soon
slowest       the exchanges that took longest
nesting       … and the calls that their services made meanwhile
chaining      chains, sought while a capture is read
chain_rows    which route causes which calls
chain_cases   … and what is remarkable about some of its requests
chain_judging  what chains show as a whole, for findings
services      who asks whom, and how that goes
longest       the longest call of a pattern, and what went on meanwhile
stretches     calls of a pattern that fail one after the other
silence       calls to a server since it last answered any
turns         calls that waited until another was answered
throwing      errors of patterns of which not too many calls fail
sharing       what calls that failed have in common
judging       what a report shows as a whole, for findings
health        what fails, what is slow, where
failing       … of which pattern, on which servers
alarms        … as findings alone know
health_words  … in one sentence
totals        connections as figures
connections   those that are in use, and the totals of the others
latency       durations to quantiles
measure       numbers of any kind to sums, bounds and quantiles
timeline      calls over time
worst         the call of some that deserves a look first
activity      what happens now
"""
