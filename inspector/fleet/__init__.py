"""What several hosts captured, as one report.

sources      the captures of each host and interface, in order
storage      … as files of this machine, or as URLs
running      a run, from its sources to its report
crews        who does its tasks: processes, or the workers of a cluster
tasks        a source to what was seen there
splitting    what several sources share to what they saw together
parts        … by way of files, of which few are open at once
following    how far a task is, and whether it is to stop
stores       where tasks keep what they share: a folder, or a URL
placing      … as files that are whole
checkpoints  how far a source is, in a store
freezing     … as bytes
resuming     the inspection of a source, file by file
rows         the exchanges of a task to files, by who speaks
gathering    … and those that the report counts to rows of Parquet
scopes       whom a connection belongs to, so that nothing counts twice
counting     figures of an inspection to those of a report
report       the report: plain figures that merge
merging      several reports to one
concealing   … without known secrets
saving       … and as a file
overview     who asks whom, and what a person should see first
"""
