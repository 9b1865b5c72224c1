"""Where records come from: files, pipes, interfaces, a proxy.

records      one captured packet
files        capture files by name, several in time order
pcap         records of the pcap format
pcapng       records of the pcapng format
blocks       reading in blocks, from whatever can be read
compression  files that are compressed
pipes        what is read through a pipe
reading      how far the reading has come, and whether it goes on
live         packets of an interface, as they pass
proxy/       packets of connections that pass through a proxy
writing      records to a file
rotation     … and to a row of files
"""
