-- A dissector for frames of Nest's TCP transport, the peer that the pipeline is measured
-- against: it cuts length#json, and finds pattern and id with one search each.
--
--     tshark -X lua_script:benchmarks/nest.lua -r big.pcap -Y nest \
--         -T fields -e nest.pattern -e nest.id
--
-- It does as little as a right one can: lengths count UTF-16 code units, which ASCII text
-- has as many of as bytes; pattern and id are taken to be written as Nest writes them.

local nest = Proto("nest", "NestJS microservices")
local pattern = ProtoField.string("nest.pattern", "Pattern")
local identity = ProtoField.string("nest.id", "Id")
nest.fields = { pattern, identity }

local PORT = 8888
local LONGEST_PREFIX = 12

-- Bytes of a number of code units; where some have not come, a byte for each of those.
local function size_in_bytes(text, start, units)
    local place = text:find("[\128-\255]", start)
    if not place or place >= start + units then
        return units
    end
    units = units - (place - start)
    while units > 0 do
        local byte = text:byte(place)
        if not byte then
            return place - start + units
        end
        local size = byte < 0x80 and 1 or byte < 0xE0 and 2 or byte < 0xF0 and 3 or 4
        place = place + size
        units = units - (size == 4 and 2 or 1)
    end
    return place - start
end

local function frame_size(buffer, _, offset)
    local text = buffer:raw(offset)
    local length = text:match("^(%d+)#")
    if length == nil then
        return 0
    end
    return #length + 1 + size_in_bytes(text, #length + 2, tonumber(length))
end

local function dissect_frame(buffer, packet, root)
    packet.cols.protocol = "NEST"
    local body = buffer:raw()
    local branch = root:add(nest, buffer())
    local called = body:match('"pattern":"([^"]*)"') or body:match('"pattern":(%b{})')
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
