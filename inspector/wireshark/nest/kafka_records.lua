-- Record batches of Kafka, and the packets of Nest's that their records are.
--
--     baseOffset length epoch magic crc attributes … count │ record record …
--
--     kafka_replyTopic, and an id     a request
--     kafka_correlationId alone       a reply
--     neither                         an event
--
-- Of a value Nest reads objects and lists; anything else is text, and what begins with a zero
-- byte is of a schema registry.
--
-- Sources: https://kafka.apache.org/documentation, "Record Batch" and "Record";
-- client/client-kafka.ts, server/server-kafka.ts, helpers/kafka-parser.ts.

local bytes = require("nest.bytes")
local compression = require("nest.compression")
local json = require("nest.json")
local kafka_fields = require("nest.kafka_fields")
local routes = require("nest.routes")

local kafka_records = {}

local HEAD, MAGIC = 61, 2
local MOST = 262144 -- records of a batch
local CONTROL = 32 -- the bit of a batch that ends a transaction
local CORRELATION, REPLY_TOPIC = "kafka_correlationId", "kafka_replyTopic"
local ERROR, DISPOSED = "kafka_nest-err", "kafka_nest-is-disposed"

-- Records -------------------------------------------------------------------------

-- Return where a key, a value or a name is: {begin, stop}, nil if it is null; and the place of
-- its length, which always has a byte.
local function part_at(cursor)
  local at = cursor.at
  local size = cursor:varint()
  local begin, stop = cursor:span(size)
  return size >= 0 and { begin, stop } or nil, at
end

local function text_of(raw, part)
  return raw:sub(part[1], part[2] - 1)
end

-- Return the record that a cursor is at, whose batch begins with an offset:
-- {offset, begin, stop, value, value_at, headers}.
local function read_record(cursor, first)
  local record = { begin = cursor.at, headers = {} }
  local size = cursor:varint()
  record.stop = cursor.at + size
  if size < 0 or record.stop > cursor.stop then error("a record that is too long") end
  cursor:skip(1)
  cursor:varint()
  record.offset = first + cursor:varint()
  part_at(cursor)
  record.value, record.value_at = part_at(cursor)
  for _ = 1, cursor:varint() do
    local name = part_at(cursor)
    local value, at = part_at(cursor)
    if name then record.headers[text_of(cursor.raw, name)] = value or { cursor.at, cursor.at, at } end
  end
  if cursor.at ~= record.stop then error("a record of another size") end
  return record
end

-- Call a function with each record of a batch: the record, the text that it is in, and where the
-- batch ends if that text was compressed.
local function each_record(raw, at, stop, emit)
  local first, attributes = bytes.signed(raw, at, 8), bytes.number(raw, at + 21, 2)
  local count, codec = bytes.signed(raw, at + 57, 4), attributes % 8
  if math.floor(attributes / CONTROL) % 2 == 1 then return end
  local text, begin, batch_stop = raw, at + HEAD, nil
  if codec > 0 then
    text, begin, batch_stop = compression.records(codec, raw:sub(begin, stop - 1)), 1, stop
    if not text then return end
    stop = #text + 1
  end
  if count < 0 or count > math.min(stop - begin, MOST) then error("a batch of more records") end
  local cursor, records = kafka_fields.cursor(text, begin, stop, false), {}
  for index = 1, count do records[index] = read_record(cursor, first) end
  for _, record in ipairs(records) do emit(record, text, batch_stop) end
end

-- Call a function with each record of the batches of a partition, the last of which may be
-- incomplete.
function kafka_records.each(raw, part, emit)
  local at = part.begin
  while part.stop - at >= HEAD do
    local stop = at + 12 + bytes.signed(raw, at + 8, 4)
    if raw:byte(at + 16) ~= MAGIC or stop - at < HEAD then error("other records") end
    if stop > part.stop then return end
    each_record(raw, at, stop, emit)
    at = stop
  end
end

-- Packets -------------------------------------------------------------------------

-- Return a value as JSON; nil for what is not text.
local function json_of(text)
  if text:find("^[{[]") and bytes.is_utf8(text) and pcall(json.read, text) then return text end
  if text:sub(1, 1) == "\0" or not bytes.is_utf8(text) then return nil end
  return json.quoted(text)
end

-- Return the span of a part within its record, from 1 on; of an empty one that of its length.
local function span_in(record, part, length_at)
  local begin, stop = part and part[1] or 0, part and part[2] or 0
  if begin == stop then begin, stop = length_at, length_at + 1 end
  return { begin - record.begin + 1, stop - record.begin }
end

-- Return the reply that a record is.
local function reply(record, raw, packet, value)
  local err = record.headers[ERROR]
  packet.kind, packet.failed = "reply", err ~= nil
  packet.members.isDisposed = err ~= nil or record.headers[DISPOSED] ~= nil
  packet.spans.response, packet.texts.response = packet.spans.data, value
  packet.spans.data, packet.texts.data = nil, nil
  if err then
    packet.spans.err = span_in(record, err, err[3] or err[1] - 1)
    packet.texts.err = json_of(text_of(raw, err))
    packet.members.err = text_of(raw, err)
  end
  return packet
end

-- Return the packet that a record of a topic is; nil for one that is not Nest's.
function kafka_records.packet(record, raw, topic)
  local value = record.value and json_of(text_of(raw, record.value)) or not record.value and "null"
  if not value then return nil end
  local packet = { route = routes.of(topic), members = {}, spans = {}, texts = { data = value } }
  packet.spans.data = span_in(record, record.value, record.value_at)
  local id, reply_topic = record.headers[CORRELATION], record.headers[REPLY_TOPIC]
  if not id or id[1] == id[2] then
    packet.kind = "event"
  else
    packet.id, packet.spans.id = text_of(raw, id), span_in(record, id)
    if not reply_topic or reply_topic[1] == reply_topic[2] then
      packet.route = nil
      return reply(record, raw, packet, value)
    end
    packet.kind = "request"
  end
  packet.texts.pattern = json.quoted(topic)
  return packet
end

return kafka_records
