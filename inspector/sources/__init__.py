"""Where records come from: files, pipes, interfaces, a proxy.

records      one captured packet
files        capture files by name, several in time order
pcap         records of the pcap format
pcapng       records of the pcapng format
scanning     … of most of which a block is read in one step
_scan.c      … in C, where that was compiled
blocks       reading a file in blocks
compression  compressed files
pipes        captures that grow while they are read
reading      how far the reading has come, and whether it goes on
omission     what a capture says was left out of it
live         packets of an interface, as they pass
ring         … which the kernel hands over in blocks
proxy/       packets of connections that pass through a proxy
writing      records to a file
rotation     … and to a bounded number of files
"""
