-- A dissector for frames of Nest's TCP transport, the peer that the pipeline is measured
-- against: it cuts length#json, and finds pattern and id with one search each.
--
--     tshark -X lua_script:benchmarks/nest.lua -r big.pcap -Y nest \
--         -T fields -e nest.pattern -e nest.id
--
-- It takes a length for bytes, which holds while frames are ASCII, as in the capture.

local nest = Proto("nest", "NestJS microservices")
local pattern = ProtoField.string("nest.pattern", "Pattern")
local identity = ProtoField.string("nest.id", "Id")
nest.fields = { pattern, identity }

local PORT = 8888
local LONGEST_PREFIX = 12

local function prefix_of(buffer, offset)
    local size = math.min(LONGEST_PREFIX, buffer:len() - offset)
    return buffer:raw(offset, size):match("^(%d+)#")
end

local function frame_size(buffer, _, offset)
    local length = prefix_of(buffer, offset)
    if length == nil then
        return 0
    end
    return #length + 1 + tonumber(length)
end

local function dissect_frame(buffer, packet, root)
    packet.cols.protocol = "NEST"
    local body = buffer:raw()
    local branch = root:add(nest, buffer())
    local called = body:match('"pattern":"([^"]*)"')
    if called then
        branch:add(pattern, called)
    end
    local id = body:match('"id":"([^"]*)"')
    if id then
        branch:add(identity, id)
    end
    return buffer:len()
end

function nest.dissector(buffer, packet, root)
    dissect_tcp_pdus(buffer, root, LONGEST_PREFIX, frame_size, dissect_frame)
    return buffer:len()
end

DissectorTable.get("tcp.port"):add(PORT, nest)
