"""Exchanges and findings to figures that merge.

report       the totals of an inspection
totals       connections as figures
latency      durations to quantiles
timeline     calls over time
activity     what happens now
"""
