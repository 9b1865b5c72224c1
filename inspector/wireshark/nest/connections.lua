-- decision 151
-- decision 174
-- Connections whose protocol has a dissector of its own: what passes on them once more, read
-- by us, and the packets of Nest's in it, shown under what that dissector shows.
--
-- Each captured packet is read once, in order. What was found then is kept by the number of
-- the packet that completed it: where its text is, or that text if it did not travel so.

local calls = require("nest.calls")
local declared = require("nest.declared")
local gateways = require("nest.gateways")
local grpc = require("nest.grpc")
local kafka = require("nest.kafka")
local mqtt = require("nest.mqtt")
local mqtt_frames = require("nest.mqtt_frames")
local packets = require("nest.packets")
local rabbitmq = require("nest.rabbitmq")
local redis = require("nest.redis")
local requests = require("nest.requests")
local streams = require("nest.streams")
local websocket = require("nest.websocket")

local connections = {}

local CARRIERS = { rabbitmq, redis, mqtt_frames, mqtt, websocket, kafka, grpc, requests }
local MOST_UNKNOWN = 65536 -- bytes by which a connection has to be recognised

local fields = {}
for _, name in ipairs({ "stream", "seq_raw", "len", "ack_raw", "flags", "srcport", "dstport", "payload" }) do
  fields[name] = Field.new("tcp." .. name)
end
local time_epoch = Field.new("frame.time_epoch")

local ends = {} -- address and port → {count}, how many connections it is an end of
local known = {} -- number of a stream → its connection; false if it is somebody else's
local early = {} -- name of a call → replies that were read before its request
local finished = false -- whether all packets were read
local found = {} -- number of a packet → the packets of Nest's that it completes

function connections.forget()
  known, found, ends, early, finished = {}, {}, {}, {}, false
  gateways.forget()
end

-- What passes ------------------------------------------------------------------

local BROKERED = { request = "request", reply = "reply" }

-- Join a packet at a broker with the others of its call.
local function join_brokered(name, message, hop)
  local packet = message.packet
  local id = message.correlation or packets.id_text(packet, message.body)
  if not BROKERED[packet.kind] or not id then return end
  local key = name .. " " .. id
  if packet.kind == "reply" then
    (message.way == "in" and calls.publish_reply or calls.deliver_reply)(key, hop)
  else
    (message.way == "in" and calls.publish_request or calls.deliver_request)(key, hop, packet.route)
  end
end

-- Join a packet between two ends with the others of its call.
local function join_direct(name, packet, hop)
  if packet.kind == "message" then return calls.go_on(name, hop) end
  if packet.kind == "reply" then
    if calls.reply(name, hop, packet.final) then return end
    early[name] = early[name] or {}
    table.insert(early[name], { hop = hop, final = packet.final })
    return
  end
  calls.ask(name, hop, packet.route)
  for _, reply in ipairs(early[name] or {}) do calls.reply(name, reply.hop, reply.final) end
  early[name] = nil
end

-- Keep a packet of Nest's that a talk has found in a direction.
local function keep(connection, direction, message)
  local span = message.span or direction:span_before(message.stop)
  local number, packet = span.number, message.packet
  found[number] = found[number] or {}
  local entries = found[number]
  local hop = {
    place = ("%d carried %d"):format(number, #entries + 1),
    number = number,
    time = span.time,
    stream = connection.stream,
    host = connection.addresses[direction.side]:match("^(.*) "),
    dual = message.dual,
  }
  local whole = span.at and message.body_at and message.body_at >= span.begin
  if message.correlation and packet.kind == "reply" and not packet.spans.id then
    packet.named = packet.named or message.correlation
  end
  if message.session then
    gateways.join(message, hop)
  elseif message.call then
    join_direct(message.call, packet, hop)
  else
    join_brokered(connection.carrier.name, message, hop)
  end
  entries[#entries + 1] = {
    name = connection.talk.name or connection.carrier.name,
    way = message.way,
    channel = message.channel,
    packet = message.request and packet or packets.outline(packet),
    request = message.request,
    place = hop.place,
    index = span.index,
    at = whole and message.body_at - span.begin + span.at or nil,
    size = #message.body,
    body = not whole and message.body or nil,
  }
end

-- Read on in a direction, as far as what is there is complete.
local function read_on(connection, direction)
  if direction.size < direction.need then return end
  local talk, raw, at = connection.talk, direction:text(), 1
  talk.emit = function(message) keep(connection, direction, message) end
  local next_at, needed
  while at <= #raw do
    next_at, needed = talk:take(direction, raw, at)
    if not next_at then break end
    at = next_at
  end
  direction:drop(at - 1)
  direction.need = at <= #raw and needed or 1
end

-- What is spoken ----------------------------------------------------------------

-- Return what a direction shows of the carrier: the carrier, who speaks, what else it says
-- of itself, where that begins; or "wait", or nil.
local function judge(direction)
  local raw, waits = direction:text(), false
  for _, carrier in ipairs(CARRIERS) do
    if waits and carrier == requests then return "wait" end -- it may become a WebSocket
    if direction.whole then
      local who, option = carrier.recognise(raw)
      if who == "wait" then waits = true elseif who then return carrier, who, option, 1 end
    else
      local place, who, option = carrier.find(raw)
      if place == "wait" then waits = true elseif place then return carrier, who, option, place end
    end
  end
  return waits and "wait" or nil
end

local function begin(connection, direction, carrier, who, option, place)
  local client = who == "client" and direction.side or who == "broker" and 3 - direction.side or connection.opener
  connection.carrier = carrier
  connection.talk = carrier.talk(client, option, connection)
  direction:drop(place - 1)
  for _, each in ipairs(connection.sides) do
    if not each.whole and each ~= direction then connection.talk:lose(each) end
  end
  local other = connection.sides[3 - direction.side]
  local first = client == other.side and other or direction
  read_on(connection, first)
  read_on(connection, connection.sides[3 - first.side])
end

-- Learn from what a direction begins with, or from what passes on it, what is spoken.
local function recognise(connection, direction)
  local carrier, who, option, place = judge(direction)
  if carrier and carrier ~= "wait" then
    begin(connection, direction, carrier, who, option, place)
    return
  end
  connection.unknown = connection.unknown + direction.size
  direction.other = not carrier
  local both = connection.sides[1].other and connection.sides[2].other
  local whole = direction.whole and connection.sides[3 - direction.side].whole
  if (both and whole) or connection.unknown > MOST_UNKNOWN then
    known[connection.stream] = false
  elseif not direction.whole and not carrier then
    direction:drop(direction.size)
  end
end

-- Captured packets ---------------------------------------------------------------

local function count_end(address)
  ends[address] = ends[address] or { count = 0 }
  ends[address].count = ends[address].count + 1
  return ends[address]
end

local function connect(stream, pinfo, port, other_port)
  local own, other = tostring(pinfo.src) .. " " .. port, tostring(pinfo.dst) .. " " .. other_port
  local connection = { stream = stream, addresses = { own, other }, unknown = 0 }
  connection.ends = { count_end(own), count_end(other) }
  connection.sides = { streams.direction(1), streams.direction(2) }
  connection.sides[1].port, connection.sides[1].other_port = port, other_port
  connection.sides[2].port, connection.sides[2].other_port = other_port, port
  known[stream] = connection
  return connection
end

local function side_of(connection, pinfo, port, other_port)
  local sides = connection.sides
  if port ~= other_port then return sides[1].port == port and sides[1] or sides[2] end
  return connection.addresses[1] == tostring(pinfo.src) .. " " .. port and sides[1] or sides[2]
end

local function go_on(connection, direction)
  if connection.talk then read_on(connection, direction) else recognise(connection, direction) end
end

-- Learn of bytes that the capture lacks, since the other side acknowledges later ones.
local function note_losses(connection, direction, acknowledged)
  while direction:lacks(acknowledged) do
    if connection.talk then connection.talk:lose(direction) end
    direction:lose()
    go_on(connection, direction)
    if not known[connection.stream] then return end
  end
end

-- Take what was held back of a side that says no more, or whose next bytes are not there.
local function finish_side(connection, direction, ends)
  local talk = connection.talk
  if talk and talk.finish then talk:finish(direction, ends) end
end

local function hear(connection, pinfo, segment, flags, acknowledged, port, other_port)
  local direction = side_of(connection, pinfo, port, other_port)
  local other = connection.sides[3 - direction.side]
  local syn, ack = math.floor(flags / 2) % 2 == 1, math.floor(flags / 16) % 2 == 1
  if syn then
    segment.seq = (segment.seq + 1) % 4294967296
    direction:open(segment.seq)
    if not ack then connection.opener = direction.side end
  end
  if segment.raw ~= "" and direction:add(segment) then go_on(connection, direction) end
  if not known[connection.stream] then return end
  note_losses(connection, other, ack and acknowledged or nil)
  if known[connection.stream] then note_losses(connection, direction, nil) end
  local ends = flags % 2 == 1 or math.floor(flags / 4) % 2 == 1
  if ends and #direction.ahead == 0 then finish_side(connection, direction, true) end
end

-- Return the bytes of each TCP header in a packet, by its number, as far as they were captured.
local function payloads_of(lengths)
  local given, index, payloads = { fields.payload() }, 0, {}
  for place, length in ipairs(lengths) do
    if length.value > 0 then
      index = index + 1
      payloads[place] = given[index]
    end
  end
  return payloads
end

local function listen(pinfo)
  local numbers = { fields.stream() }
  if #numbers == 0 or (#numbers == 1 and known[numbers[1].value] == false) then return end
  local seqs, lengths, flags = { fields.seq_raw() }, { fields.len() }, { fields.flags() }
  local acks, ports, others = { fields.ack_raw() }, { fields.srcport() }, { fields.dstport() }
  if #lengths ~= #numbers or #seqs ~= #numbers then return end -- quoted by an error of ICMP
  local payloads = payloads_of(lengths)
  for index, number in ipairs(numbers) do
    local port, other_port = ports[index].value, others[index].value
    local connection = known[number.value]
    if connection == nil then connection = connect(number.value, pinfo, port, other_port) end
    if connection then
      local payload = payloads[index]
      local segment = {
        seq = seqs[index].value,
        raw = payload and payload.range:raw() or "",
        number = pinfo.number,
        time = time_epoch().value,
        index = index,
      }
      hear(connection, pinfo, segment, flags[index].value, acks[index] and acks[index].value, port, other_port)
    end
  end
end

-- What is shown --------------------------------------------------------------------

-- Return the bytes that hold a packet of Nest's, where in them it begins, and its text.
local function bytes_of(entry)
  if entry.body then return ByteArray.new(entry.body, true):tvb("Packet of Nest"), 0, entry.body end
  local payload = payloads_of({ fields.len() })[entry.index]
  local tvb = payload.range:tvb()
  return tvb, entry.at, tvb:raw(entry.at, entry.size)
end

local function show(pinfo, tree, entry)
  if entry.request and not packets.seen then return end
  local tvb, before, body = bytes_of(entry)
  local packet = entry.packet
  if entry.request then return requests.show(tree, tvb, before, #body, packet, entry.place) end
  local item = tree:add(declared.nest, tvb(before, #body))
  item:add(declared.fields.carrier, entry.name):set_generated()
  if entry.channel then item:add(declared.fields.channel, entry.channel):set_generated() end
  if packet.namespace then item:add(declared.fields.namespace, packet.namespace):set_generated() end
  local name = packets.show(item, tvb, before, body, packet, entry.place, entry.way)
  pinfo.cols.info:clear_fence() -- of what HTTP says of the message around it, and gRPC of itself
  pinfo.cols.protocol:clear_fence()
  packets.label(pinfo, "Nest", entry.way and entry.way .. ": " .. name or name)
end

-- Take what was held back on all connections, which cannot go on: all packets were read.
local function finish()
  finished = true
  for _, connection in pairs(known) do
    for _, direction in ipairs(connection and connection.sides or {}) do finish_side(connection, direction, false) end
  end
end

function connections.dissect(_, pinfo, tree)
  if not pinfo.visited then listen(pinfo) elseif not finished then finish() end
  for _, entry in ipairs(found[pinfo.number] or {}) do show(pinfo, tree, entry) end
end

return connections
