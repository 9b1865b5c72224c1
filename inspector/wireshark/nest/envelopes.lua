-- What a message at a broker is: a packet of Nest's, or somebody else's.
--
-- Requests and events have a pattern. A reply is recognised by where it goes, and by the
-- keys that Nest writes; where a request has asked for it, any JSON is one.
--
-- Sources: deserializers/incoming-response.deserializer.ts; client/client-redis.ts,
-- client-mqtt.ts and client-rmq.ts.

local json = require("nest.json")
local packets = require("nest.packets")

local envelopes = {}

local KEYS = { response = true, err = true, isDisposed = true, status = true, id = true }

-- Return whether a reply has any key that Nest writes, and whether it has no others.
local function judge(packet)
  local members, alone = packet.members, true
  for key in pairs(members) do
    if not KEYS[key] then alone = false end
  end
  local disposed = packets.truthy(members.isDisposed)
  return disposed or members.response ~= nil or members.err ~= nil, alone
end

-- Return a reply whose value is the payload as a whole.
local function foreign(body, members)
  local first, last = body:match("^[ \t\r\n]*()"), #body:match("^(.-)[ \t\r\n]*$")
  return {
    kind = "reply",
    members = { isDisposed = true },
    spans = { response = { first, last } },
    id = members and members.id,
    final = true,
  }
end

local function read(body)
  if body:byte(1) ~= 0x7B then return nil end
  return packets.read(body)
end

-- Return the request or the event in a payload; nil without one.
local function request_in(packet)
  return packet and packet.kind ~= "reply" and packet.members.pattern ~= nil and packet or nil
end

function envelopes.request(body)
  return request_in(read(body))
end

-- Return the reply in a payload at RabbitMQ, where it needs no id; nil if it may be anybody's.
function envelopes.rabbitmq_reply(body, asked)
  local parsed, value, spans = pcall(json.read, body)
  if not parsed then return nil end
  local members = type(value) == "table" and value.object or nil
  local packet
  if members and next(members) ~= nil and members.pattern == nil and members.data == nil then
    packet = packets.reply(members, spans)
    local written, alone = judge(packet)
    if alone and (written or asked) or (written and asked) then return packet end
  end
  return asked and foreign(body, members) or nil
end

-- Return the packet in a payload at Redis; `replies` says that its channel is for replies.
function envelopes.redis(body, replies)
  local packet = read(body)
  if not packet then return nil end
  if packet.kind ~= "reply" then return request_in(packet) end
  local written, alone = judge(packet)
  if replies and (written or alone) or (written and alone) then return packet end
  if not replies or packet.id == json.NULL then return nil end
  local value = foreign(body, packet.members)
  value.spans.id = packet.spans.id
  return value
end

-- Return the packet in a payload at MQTT; `replies` says that its topic is for replies.
function envelopes.mqtt(body, replies)
  local packet = read(body)
  if not packet then return nil end
  if packet.kind ~= "reply" then return request_in(packet) end
  local written, alone = judge(packet)
  if replies then return written and packet or nil end
  return written and alone and type(packet.id) == "string" and packet or nil
end

return envelopes
