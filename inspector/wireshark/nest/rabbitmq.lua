-- Over RabbitMQ: frames of AMQP 0-9-1, the messages in them, and the packets in those.
--
--     method ─► header ─► body, body …     on one channel, others may come in between
--
-- Sources: AMQP 0-9-1, section 4.2; client/client-rmq.ts, server/server-rmq.ts.

local bytes = require("nest.bytes")
local envelopes = require("nest.envelopes")

local rabbitmq = { name = "rabbitmq" }

local PREAMBLE = "AMQP\0\0\9\1"
local START = "^\1\0\0\0\0..\0\10\0\10\0\9" -- connection.start, of less than 64 KiB
local HEAD, END = 7, 0xCE -- bytes before the payload of a frame, and the one after it
local METHOD, HEADER, BODY, HEARTBEAT = 1, 2, 3, 8
local KINDS = { [METHOD] = true, [HEADER] = true, [BODY] = true, [HEARTBEAT] = true }
local MOST_FRAME, MOST_BODY = 16777216, 134217728 -- what RabbitMQ takes at most
local DIRECT = "amq.rabbitmq.reply-to" -- and after it what the broker adds for each client

-- Methods with a message: which way it goes, and how long what precedes its addresses is.
-- `tag` says that a text comes first.
local BASIC = {
  [40] = { way = "in", fixed = 2 }, -- publish
  [50] = { way = nil, fixed = 2, tag = true }, -- return: reply-code, reply-text
  [60] = { way = "out", fixed = 9, tag = true }, -- deliver
  [71] = { way = "out", fixed = 9 }, -- get-ok
}

-- Bytes -----------------------------------------------------------------------

-- Return the short text at a place, and the place after it; nil if it is not all there.
local function text_at(raw, at, stop)
  local size = at and at < stop and raw:byte(at)
  if not size or at + size >= stop then return nil end
  return raw:sub(at + 1, at + size), at + 1 + size
end

-- Return what a method with a message says, from `at` to before `stop`; nil for another one.
local function read_method(raw, at, stop)
  if stop - at < 4 or bytes.number(raw, at, 2) ~= 60 then return nil end
  local known = BASIC[bytes.number(raw, at + 2, 2)]
  if not known then return nil end
  at = at + 4
  local _, exchange, key
  if known.tag and known.way then
    _, at = text_at(raw, at, stop)
    at = at and at + known.fixed
  else
    at = at + known.fixed
    if known.tag then _, at = text_at(raw, at, stop) end
  end
  exchange, at = text_at(raw, at, stop)
  key, at = text_at(raw, at, stop + 1)
  if not key then return nil end
  return { way = known.way, exchange = exchange, key = key, pieces = {} }
end

-- Return the size of a body, its correlation and where replies to it go; nil if malformed.
local function read_header(raw, at, stop)
  if stop - at < 14 then return nil end
  local size, flags = bytes.number(raw, at + 4, 8), bytes.number(raw, at + 12, 2)
  local function has(bit) return math.floor(flags / 2 ^ bit) % 2 == 1 end
  local correlation, reply_to, _
  at, stop = at + 14, stop + 1
  for _, bit in ipairs({ 15, 14 }) do
    if has(bit) then _, at = text_at(raw, at, stop) end
  end
  if at and has(13) then at = at + 4 + bytes.number(raw, at, 4) end
  for _, bit in ipairs({ 12, 11 }) do
    if at and has(bit) then at = at + 1 end
  end
  if has(10) then correlation, at = text_at(raw, at, stop) end
  if has(9) then reply_to, at = text_at(raw, at, stop) end
  return size, correlation, reply_to
end

-- Recognition -----------------------------------------------------------------

-- Return the place of the first method with a message after a place; nil without one.
local function find_method(raw, at)
  local place = raw:find("\0\60\0[\40\60\71]", at + HEAD)
  while place do
    local start = place - HEAD
    local bounded = start == at or raw:byte(start - 1) == END
    local size = bytes.number(raw, place - 4, 4)
    if raw:byte(start) == METHOD and bounded and size < 2048 then
      local octet = raw:byte(place + size)
      if octet == END and read_method(raw, place, place + size) then return start end
    end
    place = raw:find("\0\60\0[\40\60\71]", place + 1)
  end
  return nil
end

-- Return who begins a connection so, "wait" if that does not show yet, or nil.
function rabbitmq.recognise(raw)
  if raw:sub(1, #PREAMBLE) == PREAMBLE then return "client" end
  if raw == PREAMBLE:sub(1, #raw) then return "wait" end
  return raw:find(START) and "broker" or nil
end

-- Return where in the middle of a stream something is read, and who says it.
function rabbitmq.find(raw)
  local at = 1
  while raw:sub(at, at + 7) == "\8\0\0\0\0\0\0\206" do at = at + 8 end
  local place = find_method(raw, at)
  if not place then return nil end
  return place, raw:byte(place + HEAD + 3) == 40 and "client" or "broker"
end

-- Messages --------------------------------------------------------------------

local Talk = {}
Talk.__index = Talk

function rabbitmq.talk()
  return setmetatable({ open = { {}, {} }, searching = {}, named = {} }, Talk)
end

local function short(key)
  return key:sub(1, #DIRECT) == DIRECT and DIRECT or key
end

-- Return the packet in a complete message; nil if it is somebody else's.
function Talk:packet_in(message, body)
  local address = short(message.key)
  local asked = self.named[address]
  if asked ~= nil or address == DIRECT then return envelopes.rabbitmq_reply(body, asked == true) end
  local packet = envelopes.request(body)
  if not packet then return message.correlation and envelopes.rabbitmq_reply(body, false) end
  if message.reply_to then
    local name = short(message.reply_to)
    self.named[name] = packet.kind == "request" or self.named[name] or false
  end
  return packet
end

function Talk:complete(message, stop)
  local body = table.concat(message.pieces)
  local packet = message.way and body ~= "" and self:packet_in(message, body)
  if not packet then return end
  self.emit({
    way = message.way,
    channel = message.key ~= "" and short(message.key) or message.exchange,
    correlation = message.correlation,
    packet = packet,
    body = body,
    body_at = #message.pieces == 1 and message.body_at or nil,
    stop = stop,
  })
end

-- Take a frame whose payload is raw[at … stop - 1].
function Talk:frame(direction, kind, channel, raw, at, stop)
  local open = self.open[direction.side]
  local message = open[channel]
  if kind == METHOD then
    open[channel] = read_method(raw, at, stop)
  elseif kind == HEADER and message then
    message.size, message.correlation, message.reply_to = read_header(raw, at, stop)
    if not message.size or message.size > MOST_BODY or message.size == 0 then open[channel] = nil end
    message.left = message.size
  elseif kind == BODY and message and message.left then
    message.pieces[#message.pieces + 1] = raw:sub(at, stop - 1)
    message.left, message.body_at = message.left - (stop - at), direction.base + at - 1
    if message.left <= 0 then open[channel] = nil end
    if message.left == 0 then self:complete(message, direction.base + stop) end
  end
end

-- Look for the next message after bytes that are missing, or are no frame.
function Talk:search(direction, raw, at)
  self.open[direction.side] = {}
  local place = find_method(raw, at)
  self.searching[direction.side] = not place
  return place or #raw + 1
end

function Talk:lose(direction)
  self.searching[direction.side] = true
end

-- Read what is at a place; return the place after it, or nil and how many bytes it has.
function Talk:take(direction, raw, at)
  if self.searching[direction.side] then return self:search(direction, raw, at) end
  local left = #raw - at + 1
  if raw:byte(at) == 0x41 then
    if left < #PREAMBLE then return nil, #PREAMBLE end
    if raw:sub(at, at + 3) == "AMQP" then return at + #PREAMBLE end
  end
  if left < HEAD then return nil, HEAD end
  local kind, size = raw:byte(at), bytes.number(raw, at + 3, 4)
  if not KINDS[kind] or size > MOST_FRAME then return self:search(direction, raw, at + 1) end
  if left < HEAD + size + 1 then return nil, HEAD + size + 1 end
  local stop = at + HEAD + size
  if raw:byte(stop) ~= END then return self:search(direction, raw, at + 1) end
  self:frame(direction, kind, bytes.number(raw, at + 1, 2), raw, at + HEAD, stop)
  return stop + 1
end

return rabbitmq
