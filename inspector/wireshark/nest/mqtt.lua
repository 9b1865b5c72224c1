-- Over MQTT 3.1, 3.1.1 and 5: control packets, and the packets of Nest's that are published.
--
--     head | size | topic | number, if it is acknowledged | properties, from 5 on | payload
--
-- Sources: MQTT 3.1.1 and 5.0, section 3.3; client/client-mqtt.ts, server/server-mqtt.ts.

local envelopes = require("nest.envelopes")

local mqtt = { name = "mqtt" }

local CONNECT, CONNACK, PUBLISH, PUBACK, PUBREC, PUBCOMP = 1, 2, 3, 4, 5, 7
-- Whether it is the client who says what only one of both does: SUBSCRIBE, SUBACK, UNSUBSCRIBE,
-- UNSUBACK, PINGREQ, PINGRESP.
local ASKS = { [2] = false, [8] = true, [9] = false, [10] = true, [11] = false, [12] = true, [13] = false }
local MOST_PACKET = 134217728
local REPLY, SYSTEM = "/reply", "$SYS/"
local NAMES = { ["\0\4MQTT"] = true, ["\0\6MQIsdp"] = true }
local ALIAS = 0x23
-- Sizes of the values of properties that a PUBLISH may have; 0: a text or bytes with their
-- size, "pair": two of them, "varint": a number of one byte or more.
local PROPERTIES = {
  [0x01] = 1, [0x02] = 4, [0x03] = 0, [0x08] = 0, [0x09] = 0, [0x0B] = "varint", [ALIAS] = 2, [0x26] = "pair",
}

-- Bytes -----------------------------------------------------------------------

-- Return a number of one to four bytes and the place after it; nil if it is not all there,
-- and false if it is no number.
local function varint_at(raw, at)
  local number, factor = 0, 1
  for place = at, at + 3 do
    local byte = raw:byte(place)
    if not byte then return nil end
    number, factor = number + byte % 128 * factor, factor * 128
    if byte < 128 then return number, place + 1 end
  end
  return false
end

local function short_at(raw, at, stop)
  if not at or at + 2 > stop then return nil end
  local high, low = raw:byte(at, at + 1)
  return high * 256 + low, at + 2
end

-- Return the text with its size before it, and the place after it.
local function text_at(raw, at, stop)
  local size, begin = short_at(raw, at, stop)
  if not size or begin + size > stop then return nil end
  return raw:sub(begin, begin + size - 1), begin + size
end

-- Return the place after the properties at a place, and the topic alias among them.
local function read_properties(raw, at, stop)
  local size, begin = varint_at(raw, at)
  if not size or begin + size > stop then return nil end
  local last, alias = begin + size, nil
  at = begin
  while at and at < last do
    local name, kind = raw:byte(at), PROPERTIES[raw:byte(at)]
    at = at + 1
    if kind == nil then return nil end
    if name == ALIAS then alias = short_at(raw, at, last) end
    if kind == "varint" then
      local _, after = varint_at(raw, at)
      at = after
    elseif kind == 0 or kind == "pair" then
      local _
      _, at = text_at(raw, at, last)
      if kind == "pair" then _, at = text_at(raw, at, last) end
    else
      at = at + kind
    end
  end
  if at ~= last then return nil end
  return last, alias
end

-- Return what a PUBLISH says whose body is raw[at … stop - 1]; nil if it is malformed.
local function read_publish(raw, flags, at, stop, level)
  local topic, number, alias, _
  topic, at = text_at(raw, at, stop)
  if not topic then return nil end
  local quality = math.floor(flags / 2) % 4
  if quality == 3 then return nil end
  if quality > 0 then number, at = short_at(raw, at, stop) end
  if not at then return nil end
  local payload = at
  if level == 5 or (level == nil and raw:byte(at) ~= 0x7B) then
    payload, alias = read_properties(raw, at, stop)
  end
  if not payload then return nil end
  return { topic = topic, number = number, alias = alias, payload = payload, again = flags >= 8 }
end

-- Recognition -----------------------------------------------------------------

-- Return who begins a connection so, "wait" if that does not show yet, or nil.
function mqtt.recognise(raw)
  local first = raw:byte(1)
  if first ~= CONNECT * 16 and first ~= CONNACK * 16 then return nil end
  local size, at = varint_at(raw, 2)
  if size == false then return nil end
  if not size or #raw < at + 7 and #raw < at + size - 1 then return "wait" end
  if first == CONNECT * 16 then
    return (NAMES[raw:sub(at, at + 5)] or NAMES[raw:sub(at, at + 7)]) and "client" or nil
  end
  if size < 2 or raw:byte(at) > 1 then return nil end
  if size == 2 then return raw:byte(at + 1) < 6 and "broker" or nil end
  local rest, after = varint_at(raw, at + 2)
  return rest and after + rest == at + size and "broker" or nil
end

-- Whether a control packet may begin at a place, as far as the bytes go.
local function may_begin(raw, at)
  local first = raw:byte(at)
  if not first then return true end
  return first >= 16 and varint_at(raw, at + 1) ~= false
end

-- Return where in the middle of a stream a PUBLISH with JSON begins: all of it may be to come.
function mqtt.find(raw, at)
  local place = raw:find("[\48-\61]", at or 1)
  while place do
    local size, begin = varint_at(raw, place + 1)
    if size and size > 4 and size <= MOST_PACKET and may_begin(raw, begin + size) then
      local said = read_publish(raw, raw:byte(place) % 16, begin, begin + size, nil)
      local plain = said and #said.topic > 0 and not said.topic:find("[\0-\31]")
      if plain and raw:find('^{"%a+":', said.payload) then return place end
    end
    place = raw:find("[\48-\61]", place + 1)
  end
  return nil
end

-- Whether all of a control packet has come.
function mqtt.complete(raw)
  local size, begin = varint_at(raw, 2)
  return size == false or size ~= nil and #raw >= begin + size - 1
end

-- Control packets --------------------------------------------------------------

local Talk = {}
Talk.__index = Talk

function mqtt.talk(client, _, connection)
  local talk = { client = client, connection = connection, searching = {}, level = nil }
  talk.flights, talk.aliases = { {}, {} }, { {}, {} } -- by side: number → true, alias → topic
  return setmetatable(talk, Talk)
end

function Talk:lose(direction)
  self.searching[direction.side] = true
end

-- Return which way a side publishes. If nothing shows who is the client, the broker is the end
-- that has more connections, or else the lower port.
function Talk:way(direction)
  local own, other = self.connection.ends[1].count, self.connection.ends[2].count
  local busier = own ~= other and (own > other and 1 or 2)
  local lower = direction.port < direction.other_port and direction.side or 3 - direction.side
  local client = self.client or 3 - (busier or lower)
  return direction.side == client and "in" or "out"
end

-- Return the topic of a message, which an alias may stand for.
function Talk:topic_of(side, said)
  if said.alias and said.topic ~= "" then self.aliases[side][said.alias] = said.topic end
  return said.topic ~= "" and said.topic or self.aliases[side][said.alias] or ""
end

function Talk:publish(direction, said, raw, stop)
  local side = direction.side
  local topic = self:topic_of(side, said)
  local body = raw:sub(said.payload, stop - 1)
  if said.number then
    if said.again and self.flights[side][said.number] then return end -- sent before, not acknowledged
    self.flights[side][said.number] = true
  end
  if topic:sub(1, #SYSTEM) == SYSTEM then return end
  local packet = envelopes.mqtt(body, topic:sub(-#REPLY) == REPLY)
  if not packet then return end
  self.emit({
    way = self:way(direction),
    channel = topic,
    packet = packet,
    body = body,
    body_at = direction.base + said.payload - 1,
    stop = direction.base + stop - 1,
  })
end

-- An acknowledgement ends what the other side has sent; a refusal of PUBREC does, too.
function Talk:acknowledge(direction, kind, raw, at, stop)
  local number = short_at(raw, at, stop)
  local refused = kind == PUBREC and stop - at > 2 and raw:byte(at + 2) >= 0x80
  if number and (kind ~= PUBREC or refused) then self.flights[3 - direction.side][number] = nil end
end

-- Take a control packet whose body is raw[at … stop - 1].
function Talk:packet(direction, first, raw, at, stop)
  local kind = math.floor(first / 16)
  if not self.client and ASKS[kind] ~= nil then
    self.client = ASKS[kind] and direction.side or 3 - direction.side
  end
  if kind == CONNECT then
    local _, after = text_at(raw, at, stop)
    self.client, self.level = direction.side, after and raw:byte(after) % 128
    self.flights, self.aliases = { {}, {} }, { {}, {} }
  elseif kind == PUBLISH then
    local said = read_publish(raw, first % 16, at, stop, self.level)
    if said then self:publish(direction, said, raw, stop) end
  elseif kind == PUBACK or kind == PUBREC or kind == PUBCOMP then
    self:acknowledge(direction, kind, raw, at, stop)
  end
end

function Talk:search(direction, raw, at)
  local place = mqtt.find(raw, at)
  self.searching[direction.side] = not place
  return place or #raw + 1
end

-- Read what is at a place; return the place after it, or nil and how many bytes it has.
function Talk:take(direction, raw, at)
  if self.searching[direction.side] then return self:search(direction, raw, at) end
  local size, begin = varint_at(raw, at + 1)
  if size == nil then return nil, #raw - at + 2 end
  local first = raw:byte(at)
  if not size or size > MOST_PACKET or first < 16 then return self:search(direction, raw, at + 1) end
  local stop = begin + size
  if stop > #raw + 1 then return nil, stop - at end
  self:packet(direction, first, raw, begin, stop)
  return stop
end

return mqtt
