"""Exchanges, packets and reports for people and for programs.

What --format writes:

output_format    what a format is: a method for each command that it serves
format_registry  the formats that there are: the files of formats/
formats          views, JSON lines, CSV and Mermaid, a file each
csv_format       what writes comma-separated values, with a way to spell a cell
csv_lines        comma-separated values, and what a spreadsheet must not calculate
jsonlines        the JSON lines of exchanges, findings and figures
finding_order    the order of findings, and how many of a kind are shown
finding_words    what findings say, for formats that lay them out
packet_lines    … and those of packets and frames
ecs_lines        … and those of the Elastic Common Schema
fixture_lines    … and answers to give again
chain_table      which route causes which calls, for the report
chain_lines      … and that of a request with all that it caused
closeup_line     … and that of one exchange with what is around it

The views:

report_view      the report
who_spoke        … its lines of who spoke
next_command     … the command that its last line names
see_command      … and those that show what findings are about
verdict          its sentences on the counts of packets, and the reasons for them
wire_table       its table of packets on the wire
traffic_tables   its tables of patterns, of the slowest exchanges, and of services
exchanges_view   one line per exchange
columns_view     … of which a person has chosen the columns
query_view       the answer to a query, as a table, JSON lines or CSV
yjs_lines        what updates and state vectors of Yjs in a payload say
closeup          one exchange: its packets, its neighbours, what was found
concerns         … whether a finding is about it
show_view        … and how it is shown
show_setting     … where, and how much of it
show_bodies      its request and its replies
show_hops        how it passed over a broker, and how long each stage took
show_tables      its packets, and the exchanges around it
call_line        the line of protocol-call that makes it again
chain_view       a request with all that it caused, as one tree
timeline_view    calls over time, and how long they took
timeline_plot    … and as a plot, for a picture
services_view    who asks whom, as a table
service_map      … and as a map
contract_view    what the payloads of each pattern are, as trees
check_view       where traffic is not as a contract says
diff_view        what differs between two captures
diff_words       … in words and cells that all of its views share
diff_lines       … as JSON lines
markdown_diff    … and as Markdown
packets_view     one line per captured packet
ladder_rows      packets to the rows of a ladder: arrows, and notes between them
ladder_lanes     … who speaks to its lanes
ladder_folding   … and who shares one where there are too many
ladder_label     … the label at the origin of an arrow
ladder_view      … and the ladder, between the lanes of those who speak
follow_view      one connection, frame by frame
fleet_view       what several hosts captured, as one report
fleet_lines      … as lines
fleet_page       … and as a page
conformance_view  … of a peer of Nest, whether it speaks as Nest does
doctor_view      what of this machine can be used, and what mends the rest
explain_view     a frame, what is wrong with it, and what Nest does
live_view        a table on a terminal that goes on
live_screen      … and its lines
live_lines       a live run as lines
live_ecs         … of the Elastic Common Schema
live_status      how far a live run has come
checked_view     … of which violations of a contract are reported besides
observed_view    a view of one that something else sees, too
exported         what exporters of figures have in common
live_metrics     … and what it showed, as metrics for Prometheus

What they are made of:

picture          what a view showed, as a picture
picture_frame    … the window around it, and its colours
plots            … axes, and the shapes of plots
raster           … and as one in pixels
theme            how a line is shown, and what stands in for a glyph
roles            the colour roles: what a part of a line is, and how that looks
screen           … what views are printed on
console          … rich's console with the roles, where colours are seen
text             lines with styles
cells            … and how many cells of a terminal a text takes
clock            times of a table: since the beginning, of the day, since the row above
layout           tables: columns, and what is shortened where there is no room
short_names      names in the room of a column, which still differ there
end_names        names of clients and servers, cut in their middle
rendering        JSON values, packet numbers and figures as text
carried          what a packet carried, in words
connection_ends  … and the two ends of a connection
reply_words      what the replies of an exchange say
prose            sentences in lines
markdown_text    text in Markdown, where it is nothing but text
shell_words      the program and its captures, as a shell takes them
json_layout      the lines of a JSON text, one after the other
json_text        JSON as it travelled, laid out for reading
characters       the characters of a body, one by one
bars             block characters and their axes
progress         the bar on stderr
progress_bars    … and several, one for each thing that goes on
keyboard         keys that are pressed meanwhile
"""
