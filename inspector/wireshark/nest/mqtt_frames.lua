-- Over MQTT in WebSocket: frames, and the control packets in what they carry.
--
--     GET … Sec-WebSocket-Protocol: mqtt ─► 101, then binary messages
--
-- A control packet may come in several messages, and a message may hold several.
--
-- Sources: MQTT 5.0, section 6; RFC 6455.

local frames = require("nest.frames")
local http = require("nest.http")
local mqtt = require("nest.mqtt")

local mqtt_frames = { name = mqtt.name }

local LONGEST_HEAD = 16384
local SHOWN, MOST_FRAMES = 1024, 64 -- bytes and frames by which a control packet is found

-- Recognition -----------------------------------------------------------------

-- Return who begins a connection so, "wait" if that does not show yet, or nil.
function mqtt_frames.recognise(raw)
  if not raw:find("^GET ") and not raw:find("^HTTP/1%.1 101 ") then return nil end
  local head = http.read(raw, 1)
  if head == nil then return #raw < LONGEST_HEAD and "wait" or nil end
  if not (head and head.upgrades and head.mqtt) then return nil end
  return head.method and "client" or "broker"
end

-- Return what frames carry from a place on, as far as it has come, the mask of the first, and
-- whether they end where the bytes do.
local function carried(raw, at)
  local parts, size, mask = {}, 0, nil
  for index = 1, MOST_FRAMES do
    local head = frames.head(raw, at)
    if not head or size >= SHOWN or head.compressed then break end
    local begin = at + head.size
    at = begin + head.length
    if not head.control then
      if index == 1 then mask = head.mask end
      local text = raw:sub(begin, begin + math.min(head.length, SHOWN) - 1)
      parts[#parts + 1] = frames.unmasked(text, head.mask)
      size = size + #text
    end
  end
  return table.concat(parts), mask, at == #raw + 1
end

-- Whether a PUBLISH may begin so, of which too little has come to tell.
local function may_become(text)
  local first = text:byte(1)
  return first and first >= 48 and first <= 61 and #text < SHOWN and not mqtt.complete(text)
end

-- Return where in the middle of a stream a frame begins with which a PUBLISH does, and who
-- says it; "wait" and where one may begin that goes on in frames to come.
function mqtt_frames.find(raw)
  local place, open = raw:find("[\2\130]"), nil
  while place do
    local text, mask, ends = carried(raw, place)
    if not open and ends and may_become(text) then open = place end
    if text ~= "" and mqtt.find(text) == 1 then return place, mask and "client" or "broker" end
    place = raw:find("[\2\130]", place + 1)
  end
  if open then return "wait", open end
  return nil
end

-- Connections -----------------------------------------------------------------

local Talk = {}
Talk.__index = Talk

function mqtt_frames.talk(client, option, connection)
  local talk = setmetatable({ client = client, modes = { "open", "open" }, searching = {} }, Talk)
  talk.inner = mqtt.talk(client, option, connection)
  talk.add, talk.forget, talk.kept = {}, {}, {}
  for side = 1, 2 do
    talk.add[side], talk.forget[side] = frames.assembler()
    talk.kept[side] = { parts = {}, size = 0, need = 1 }
  end
  return talk
end

-- Learn that bytes are missing: the frame that is found next begins with a packet.
function Talk:lose(direction)
  local side = direction.side
  self.forget[side]()
  self.kept[side] = { parts = {}, size = 0, need = 1 }
  self.searching[side] = true
end

-- Read the control packets that a message completes, whose frame ends before a place.
function Talk:message(direction, text, stop)
  local side = direction.side
  local kept = self.kept[side]
  kept.parts[#kept.parts + 1], kept.size = text, kept.size + #text
  if kept.size < kept.need then return end
  self.inner.client = self.client
  self.inner.emit = function(message)
    message.body_at, message.stop = nil, stop -- it is masked, or in pieces
    self.emit(message)
  end
  local place = { side = side, base = 0, port = direction.port, other_port = direction.other_port }
  local raw, at, needed = table.concat(kept.parts), 1, nil
  while at <= #raw do
    local next_at
    next_at, needed = self.inner:take(place, raw, at)
    if not next_at then break end
    at = next_at
  end
  local rest = raw:sub(at)
  self.kept[side] = { parts = { rest }, size = #rest, need = rest ~= "" and needed or 1 }
end

function Talk:take_head(direction, raw, at)
  local head, side = http.read(raw, at), direction.side
  if head == nil and #raw - at < LONGEST_HEAD then return nil, #raw - at + 2 end
  if not head or head.status ~= 0 and head.status ~= 101 then
    self.modes[side] = "rest"
    return #raw + 1
  end
  self.client = self.client or (head.method and side or 3 - side)
  self.modes[side] = "frames"
  return head.stop
end

function Talk:take_frame(direction, raw, at)
  local side, head = direction.side, frames.head(raw, at)
  if head == nil then return nil, #raw - at + 2 end
  if not head then
    self:lose(direction)
    return at + 1
  end
  local begin, stop = at + head.size, at + head.size + head.length
  if #raw < stop - 1 then return nil, stop - at end
  self.client = self.client or (head.mask and side or 3 - side)
  local payload = frames.unmasked(raw:sub(begin, stop - 1), head.mask)
  local message = self.add[side](head, payload, nil)
  if message and message.binary then self:message(direction, message.text, direction.base + stop - 1) end
  return stop
end

-- Read what is at a place; return the place after it, or nil and how many bytes it has.
function Talk:take(direction, raw, at)
  local side = direction.side
  if self.searching[side] then
    local place, open = mqtt_frames.find(raw:sub(at))
    if open == 1 then return nil, #raw - at + 2 end
    if place == "wait" then return at + open - 1 end
    if not place then return #raw + 1 end
    self.searching[side], self.modes[side] = false, "frames"
    return at + place - 1
  end
  if self.modes[side] == "rest" then return #raw + 1 end
  if self.modes[side] == "open" and http.may_begin(raw, at) then return self:take_head(direction, raw, at) end
  return self:take_frame(direction, raw, at)
end

return mqtt_frames
