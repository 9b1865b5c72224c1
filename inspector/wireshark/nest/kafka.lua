-- Over Kafka: requests and responses, which answer by number, and the records in them.
--
--     Produce ─► records        a response to Fetch ─► records
--
-- Sources: https://kafka.apache.org/protocol; client/client-kafka.ts, server/server-kafka.ts.

local bytes = require("nest.bytes")
local kafka_messages = require("nest.kafka_messages")
local kafka_records = require("nest.kafka_records")

local kafka = { name = "kafka" }

local LENGTH, HEAD = 4, 12 -- bytes of a length, and those by which it shows whether a frame begins
local MOST_FRAME, MOST_UNKNOWN, MOST_TOKEN = 104857600, 1048576, 65536
local REACH = 320 -- bytes at which it shows whether a frame begins in the middle of a stream
local MOST_PENDING = 1024

-- Recognition -----------------------------------------------------------------

local FIRST = {
  [kafka_messages.METADATA] = true,
  [kafka_messages.SASL_HANDSHAKE] = true,
  [kafka_messages.API_VERSIONS] = true,
}

-- Whether less than the head of a request may be one.
local function may_begin(raw)
  local whole = raw .. ("\0"):rep(14 - #raw)
  local length, size = bytes.signed(whole, 1, 4), math.floor(bytes.signed(whole, 13, 2) / 256)
  if length < 0 or length > MOST_FRAME or (#raw >= LENGTH and length < 10) then return false end
  return kafka_messages.exists(bytes.signed(whole, 5, 2), bytes.signed(whole, 7, 2))
    and bytes.signed(whole, 9, 4) >= 0 and (size == 0 or size == -1)
end

-- Return who begins a connection so, "wait" if that does not show yet, or nil.
function kafka.recognise(raw)
  if #raw < 14 then return may_begin(raw) and "wait" or nil end
  if not kafka_messages.may_be_request(raw, 1) then return nil end
  local length, size = bytes.signed(raw, 1, 4), bytes.signed(raw, 13, 2)
  local least = FIRST[bytes.signed(raw, 5, 2)] and -1 or 1
  if size < least or size > math.min(255, length - 10) then return nil end
  local name = raw:sub(15, 14 + math.max(size, 0))
  if name:find("[\0-\31\127]") then return nil end
  return #name < size and "wait" or "client"
end

-- Whether some bytes are one response, by its length alone, and nothing else.
local function is_answer(raw)
  return #raw >= 8 and bytes.signed(raw, 1, 4) == #raw - LENGTH and bytes.signed(raw, 5, 4) >= 0
end

-- Return where in the middle of a stream a frame begins, and who says it.
function kafka.find(raw)
  local asked, answered = kafka_messages.first_request(raw, 1), kafka_messages.first_response(raw, 1)
  if asked == 1 and answered == 1 and is_answer(raw) then return 1, "broker" end
  local stop = answered and answered + LENGTH + bytes.signed(raw, answered, 4)
  if not answered or (asked and asked < stop) then return asked, asked and "client" or nil end
  return answered, "broker"
end

-- Requests that wait -------------------------------------------------------------

local Pending = {}
Pending.__index = Pending

local function pending()
  return setmetatable({ asked = {}, first = 1, order = {} }, Pending)
end

function Pending:add(asked)
  local last = #self.order + 1
  self.order[last], self.asked[asked.number] = asked, asked
  if last - self.first >= MOST_PENDING then self:pop() end
end

-- Forget the oldest, and return it; a later one may have its number.
function Pending:pop()
  local oldest = self.order[self.first]
  if self.asked[oldest.number] == oldest then self.asked[oldest.number] = nil end
  self.first = self.first + 1
  if self.first > MOST_PENDING then
    self.order, self.first = { table.unpack(self.order, self.first) }, 1
  end
  return oldest
end

-- Return the request of a number, and forget those before it.
function Pending:take(number)
  local asked = self.asked[number]
  if not asked then return nil end
  repeat until self:pop() == asked
  return asked
end

-- Connections ---------------------------------------------------------------------

local Talk = {}
Talk.__index = Talk

function kafka.talk(client)
  local talk = { client = client, pending = pending(), searching = {} }
  talk.tokens = { client = 0, broker = 0 } -- of SASL that come without a head
  return setmetatable(talk, Talk)
end

function Talk:lose(direction)
  self.searching[direction.side] = false
end

function Talk:who(side)
  return side == self.client and "client" or "broker"
end

-- Whether a frame may begin at a place.
function Talk:begins(who, raw, at, length)
  if self.tokens[who] > 0 and length <= MOST_TOKEN then return true end
  if who == "client" then return kafka_messages.may_be_request(raw, at) end
  if length < 4 then return false end
  local number = bytes.signed(raw, at + LENGTH, 4)
  return self.pending.asked[number] ~= nil or (number >= 0 and length <= MOST_UNKNOWN)
end

-- Say the packets in some partitions, of what was wanted from some offsets on. The last of
-- them ends with its frame, and all of a compressed batch where that ends.
function Talk:say(direction, raw, stop, parts, way, offsets)
  local messages, last = {}, nil
  for _, part in ipairs(parts) do
    local least = offsets[part.topic .. " " .. part.number] or -1
    local function add(record, text, batch_stop)
      local packet = record.offset >= least and kafka_records.packet(record, text, part.topic)
      if not packet then return end
      last = batch_stop or record.stop
      messages[#messages + 1] = {
        way = way,
        channel = part.topic,
        correlation = packet.id,
        packet = packet,
        dual = true,
        body = text:sub(record.begin, record.stop - 1),
        body_at = not batch_stop and direction.base + record.begin - 1 or nil,
        stop = last,
      }
    end
    kafka_records.each(raw, part, add)
  end
  for _, message in ipairs(messages) do
    message.stop = direction.base + (message.stop == last and stop or message.stop) - 1
    self.emit(message)
  end
end

function Talk:request(direction, raw, at, stop)
  local head, cursor = kafka_messages.head(raw, at, stop)
  if head.key == kafka_messages.PRODUCE then
    self:say(direction, raw, stop, kafka_messages.produced(head, cursor), "in", {})
  elseif head.key == kafka_messages.FETCH then
    head.offsets = kafka_messages.wanted(head, cursor)
  elseif head.key == kafka_messages.SASL_HANDSHAKE and head.version == 0 then
    self.tokens = { client = 1, broker = 1 }
  end
  self.pending:add(head)
end

function Talk:response(direction, raw, at, stop)
  local asked = self.pending:take(bytes.signed(raw, at + LENGTH, 4))
  local parts
  if not asked then
    parts = kafka_messages.guessed(raw, at, stop)
  elseif asked.key == kafka_messages.FETCH then
    parts = kafka_messages.fetched(asked.version, raw, at, stop)
  end
  if parts then self:say(direction, raw, stop, parts, "out", asked and asked.offsets or {}) end
end

-- Whether what may be a token has the head of a request, or is a response.
function Talk:is_framed(who, raw, at, stop)
  if who == "client" then return kafka_messages.may_be_request(raw:sub(at, stop - 1), 1) end
  return stop - at >= 8 and self.pending.asked[bytes.signed(raw, at + LENGTH, 4)] ~= nil
end

-- Take the frame that is raw[at … stop - 1]; one that is malformed has nothing of Nest's.
function Talk:frame(direction, raw, at, stop)
  local who = self:who(direction.side)
  if self.tokens[who] > 0 and not self:is_framed(who, raw, at, stop) then
    self.tokens[who] = self.tokens[who] - 1
    return
  end
  pcall(who == "client" and self.request or self.response, self, direction, raw, at, stop)
end

-- Look for the next frame; of what holds none the last bytes are kept, which may begin one.
function Talk:search(direction, raw, at)
  local first = self:who(direction.side) == "client" and kafka_messages.first_request or kafka_messages.first_response
  local place = first(raw, at)
  self.searching[direction.side] = not place
  if place then return place end
  local kept = math.max(at, #raw - REACH + 1)
  if kept > at then return kept end
  return nil, #raw - at + 2
end

-- Read what is at a place; return the place after it, or nil and how many bytes it has.
function Talk:take(direction, raw, at)
  local side = direction.side
  if self.searching[side] then return self:search(direction, raw, at) end
  local left = #raw - at + 1
  if left < LENGTH then return nil, LENGTH end
  local length = bytes.signed(raw, at, 4)
  local valid = length >= 0 and length <= MOST_FRAME
  local shows = valid and math.min(HEAD, LENGTH + length) or LENGTH
  if left < shows then return nil, shows end
  if not valid or not self:begins(self:who(side), raw, at, length) then
    self.searching[side] = true
    return at + 1
  end
  local stop = at + LENGTH + length
  if stop > #raw + 1 then return nil, stop - at end
  self:frame(direction, raw, at, stop)
  return stop
end

return kafka
