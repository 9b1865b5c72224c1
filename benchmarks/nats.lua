-- A dissector for messages over NATS, the peer that the pipeline is measured against: it
-- prints the subject and the body of each.
--
--     tshark -X lua_script:benchmarks/nats.lua -r big.pcap -Y nats_lean \
--         -T fields -e nats_lean.subject -e nats_lean.body
--
-- It does as little as a right one can: one look at each control line, nothing of the
-- JSON, no calls, one port, verbs written as clients and servers write them.

local nats = Proto("nats_lean", "NATS messages")
local subject = ProtoField.string("nats_lean.subject", "Subject")
local body = ProtoField.string("nats_lean.body", "Body")
nats.fields = { subject, body }

local PORT = 4222

-- Where the body of a message begins and the unit ends, by its control line.
local function message_extent(line, after)
    local size = tonumber(line:match("%d+$"))
    local headers = line:byte(1) == 72 and tonumber(line:match("(%d+) %d+$")) or 0
    return after + headers, after + size + 2
end

function nats.dissector(buffer, packet, root)
    local text, size, place = buffer:raw(), buffer:len(), 1
    while place <= size do
        local line_end = text:find("\r\n", place, true)
        local channel = line_end and text:match("^H?[PM][US][BG] (%S+) ", place)
        local start, stop = nil, line_end and line_end + 2
        if channel then
            start, stop = message_extent(text:sub(place, line_end - 1), stop)
        end
        if not stop or stop > size + 1 then
            packet.desegment_offset = place - 1
            packet.desegment_len = DESEGMENT_ONE_MORE_SEGMENT
            return size
        end
        if channel then
            local branch = root:add(nats, buffer(place - 1, stop - place))
            branch:add(subject, channel)
            branch:add(body, text:sub(start, stop - 3))
        end
        place = stop
    end
    packet.cols.protocol = "NATS"
    return size
end

DissectorTable.get("tcp.port"):add(PORT, nats)
