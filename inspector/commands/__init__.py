"""The commands of ``protocol-inspect``, one module each.

A module is named as its command, and holds a function of that name:

report           what a capture holds, on one screen
exchanges        one line for each exchange
show             one exchange complete
chain            a request with all that it caused, as one tree
timeline         calls over time, and how long they took
services         who asks whom, and how that goes
contract         what the payloads of each pattern are
check            whether traffic is as a contract says
diff             what differs between two captures
packets          one line for each captured packet
ladder           what clients and servers say to each other, as arrows
follow           one connection, frame by frame
fixture          the answers of a capture, to be given again
live             what passes an interface, or comes through a pipe
proxy            forward traffic to services, and show it
query            SQL over exchanges that were written to Parquet
browse           captures to look through on a terminal
fleet            what several hosts captured, as one report
merge            … and several of these as one
explain          what Nest makes of a frame
conformance      whether a peer in any language speaks as Nest does
wireshark        the dissector for Wireshark
completion       the script with which a shell completes words
doctor           what of this machine the program can use

What they share:

run_options      what is asked of a run, as one value
choice_options   … which exchanges are meant
order_options    … in which order, and how many
limit_options    … what may be kept
name_options     … what addresses and ports are called
registries       … by Consul
settings         … and what a file says for all runs: protocol-inspect.toml
contract_options  … what traffic is checked against
format_options   … what is written
page_options     … and whether as a page besides
parquet_options  … and whether exchanges go to files of Parquet, and with what
fleet_output     … how the report of a fleet is written
fleet_places     … where it keeps what its tasks share
fleet_progress   … how far it is
fleet_rows       … and its exchanges as rows
live_running     how a live run begins, and who sees it besides
live_options     … and what is asked of it
ports            … where it answers besides
metrics_port     … whose figures Prometheus may ask for at a port
web_port         … and whose page browsers show
otlp             … and of which a collector of OpenTelemetry learns
options          the options of commands over captures, and of those that only write
run              one inspection of captures, to the exit code
paged_run        one whose report becomes a page besides
live_run         one of a source that does not end by itself
browsing         a browser over captures, from the options to the exit code
browsed_page     … and what is listed there as a page
browsed_live     … the same of live traffic
live_browsing    … over traffic while it passes
screens          whether there is a terminal to draw on, and what draws there
numbers          a number after the captures
prompts          questions at a terminal, for an argument that was left out
connections      connections that a person names by their numbers
parquet_files    exchanges as files of Parquet, and what becomes of errors
subset           the packets of the chosen exchanges as a capture of their own
standard_output  where formats write
pictures         … and what a view showed there, as a picture
completing       what a shell completes after options and arguments
paths            whether there is a file
quantities       numbers, durations and sizes as a person types them
hooks            what other packages do before and after a command
leaving          a reader that leaves before all work is done
interruption     Ctrl-C
speech           words for people, on stderr
manual           all help texts as one page, docs/cli.md
man_page         … and as those for man, docs/protocol-inspect.1 and -call.1
shared_options   options of several commands, which both describe once
"""
