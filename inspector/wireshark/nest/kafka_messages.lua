-- Requests and responses of Kafka, as far as records are in them, or show whose they are.
--
-- A response says the number of its request, not what it answers.
--
-- Source: https://kafka.apache.org/protocol, "API Keys" and "The Messages".

local kafka_fields = require("nest.kafka_fields")
local bytes = require("nest.bytes")

local kafka_messages = { PRODUCE = 0, FETCH = 1, METADATA = 3, SASL_HANDSHAKE = 17, API_VERSIONS = 18 }

local PRODUCE, FETCH = kafka_messages.PRODUCE, kafka_messages.FETCH
local TOPIC_IDS = 13 -- the version of Produce and of Fetch from which on topics have identifiers
local NEVER = 32768

-- API key → the last version that is known, and the first with compact fields.
local APIS = {
  [0] = { 13, 9 }, [1] = { 18, 12 }, [2] = { 11, 6 }, [3] = { 13, 9 }, [8] = { 10, 8 }, [9] = { 10, 6 },
  [10] = { 6, 3 }, [11] = { 9, 6 }, [12] = { 4, 4 }, [13] = { 5, 4 }, [14] = { 5, 4 }, [15] = { 6, 5 },
  [16] = { 5, 3 }, [17] = { 1, NEVER }, [18] = { 5, 3 }, [19] = { 7, 5 }, [20] = { 6, 4 }, [21] = { 2, 2 },
  [22] = { 6, 2 }, [23] = { 4, 4 }, [24] = { 5, 3 }, [25] = { 4, 3 }, [26] = { 5, 3 }, [27] = { 2, 1 },
  [28] = { 5, 3 }, [29] = { 3, 2 }, [30] = { 3, 2 }, [31] = { 3, 2 }, [32] = { 4, 4 }, [33] = { 2, 2 },
  [35] = { 5, 2 }, [36] = { 2, 2 }, [37] = { 3, 2 }, [38] = { 3, 2 }, [39] = { 2, 2 }, [40] = { 2, 2 },
  [41] = { 3, 2 }, [42] = { 2, 2 }, [43] = { 2, 2 }, [44] = { 1, 1 }, [47] = { 0, NEVER }, [48] = { 1, 1 },
  [50] = { 0, 0 }, [51] = { 0, 0 }, [60] = { 2, 0 }, [61] = { 0, 0 }, [65] = { 0, 0 }, [66] = { 2, 0 },
  [68] = { 1, 0 }, [69] = { 1, 0 }, [71] = { 0, 0 }, [72] = { 0, 0 }, [75] = { 0, 0 },
}

-- Whether there is an API of a key in a version.
function kafka_messages.exists(key, version)
  local api = APIS[key]
  return api ~= nil and version >= 0 and version <= api[1]
end

local function is_compact(key, version)
  local api = APIS[key]
  return api ~= nil and version >= api[2]
end

-- Return what the request says of itself that is raw[at … stop - 1], and what reads the rest.
function kafka_messages.head(raw, at, stop)
  local cursor = kafka_fields.cursor(raw, at + 4, stop, false)
  local head = { key = cursor:number(2), version = cursor:number(2), number = cursor:number(4) }
  cursor:text()
  cursor.compact = is_compact(head.key, head.version)
  cursor:tags()
  return head, cursor
end

local function topic_of(cursor, version)
  if version >= TOPIC_IDS then return cursor:uuid() end
  return cursor:text()
end

-- Return the partitions that a Produce sends records to: {topic, number, begin, stop}.
function kafka_messages.produced(head, cursor)
  local parts = {}
  if head.version >= 3 then cursor:text() end
  cursor:skip(6)
  cursor:each(function()
    local topic = topic_of(cursor, head.version)
    cursor:each(function()
      local part = { topic = topic, number = cursor:number(4) }
      part.begin, part.stop = cursor:blob()
      parts[#parts + 1] = part
    end)
  end)
  return parts
end

-- Return from which offset on a Fetch asks for records, by topic and partition.
function kafka_messages.wanted(head, cursor)
  local version, offsets = head.version, {}
  cursor:skip(version <= 14 and 12 or 8)
  cursor:skip((version >= 3 and 4 or 0) + (version >= 4 and 1 or 0) + (version >= 7 and 8 or 0))
  cursor:each(function()
    local topic = topic_of(cursor, version)
    cursor:each(function()
      local number = cursor:number(4)
      cursor:skip(version >= 9 and 4 or 0)
      offsets[topic .. " " .. number] = cursor:number(8)
      cursor:skip((version >= 12 and 4 or 0) + (version >= 5 and 8 or 0) + 4)
    end)
  end)
  return offsets
end

local function fetched_part(cursor, topic, version)
  local part = { topic = topic, number = cursor:number(4) }
  cursor:skip(10 + (version >= 4 and 8 or 0) + (version >= 5 and 8 or 0))
  if version >= 4 then
    cursor:each(function() cursor:skip(16) end)
  end
  cursor:skip(version >= 11 and 4 or 0)
  part.begin, part.stop = cursor:blob()
  return part
end

-- Return the partitions in the response to a Fetch of a version that is raw[at … stop - 1],
-- and what has read them.
function kafka_messages.fetched(version, raw, at, stop)
  local cursor, parts = kafka_fields.cursor(raw, at + 8, stop, is_compact(FETCH, version)), {}
  cursor:tags()
  cursor:skip((version >= 1 and 4 or 0) + (version >= 7 and 6 or 0))
  cursor:each(function()
    local topic = topic_of(cursor, version)
    cursor:each(function() parts[#parts + 1] = fetched_part(cursor, topic, version) end)
  end)
  return parts, cursor
end

-- Versions of Fetch whose responses differ from those of later ones.
local UNSEEN = { 11, 7, 5, 4 }

local function names_topics(parts)
  for _, part in ipairs(parts) do
    if #part.topic > 249 or not part.topic:find("^[%w._-]+$") then return false end
  end
  return #parts > 0
end

-- Return the partitions in a response to a Fetch that was not seen; nil for another response.
function kafka_messages.guessed(raw, at, stop)
  for _, version in ipairs(UNSEEN) do
    local read, parts, cursor = pcall(kafka_messages.fetched, version, raw, at, stop)
    if read and cursor.at == stop and names_topics(parts) then return parts end
  end
  return nil
end

-- In the middle of a stream -----------------------------------------------------

-- Whether the head of a Produce may be a response to one: where a request has the name of its
-- client, it has its topic, and after that the number of its partitions.
local function answers_produce(raw, at)
  return raw:sub(at, at + 1) == "\0\0"
end

-- Whether there is a request such as the one at a place, by its numbers alone.
function kafka_messages.may_be_request(raw, at)
  if #raw - at + 1 < 12 then return false end
  local length, number = bytes.signed(raw, at, 4), bytes.signed(raw, at + 8, 4)
  return length >= 10 and length <= 104857600 and number >= 0
    and kafka_messages.exists(bytes.signed(raw, at + 4, 2), bytes.signed(raw, at + 6, 2))
end

-- Whether a request begins at a place, by what it says of itself.
function kafka_messages.begins_request(raw, at)
  if #raw - at + 1 < 14 or not kafka_messages.may_be_request(raw, at) then return false end
  local size = bytes.signed(raw, at + 12, 2)
  if size < 1 or size > math.min(255, bytes.number(raw, at, 4) - 10) then return false end
  local name = raw:sub(at + 14, at + 13 + size)
  if #name < size or name:find("[\0\1-\31\127]") then return false end
  return bytes.number(raw, at + 4, 2) ~= PRODUCE or not answers_produce(raw, at + 14 + size)
end

-- Return where the first request begins from a place on; nil for nowhere.
function kafka_messages.first_request(raw, at)
  local place = raw:find("\0...\0[\0\1-\75]\0[\0\1-\18]", at)
  while place do
    if kafka_messages.begins_request(raw, place) then return place end
    place = raw:find("\0...\0[\0\1-\75]\0[\0\1-\18]", place + 1)
  end
  return nil
end

local PRODUCED = { 0, 4, 12, 20, 26 } -- bytes of a response to Produce after the offset, by version
local FETCHED = { { 8, 0 }, { 16, 0 }, { 16, 4 } } -- … to Fetch around transactions that were aborted

-- Whether a response with one partition ends where its length says.
local function ends_so(raw, at, stop, produced)
  if produced then
    for _, size in ipairs(PRODUCED) do
      if at + size == stop then return true end
    end
    return false
  end
  local function size_at(place) return math.max(bytes.signed(raw, place, 4), 0) end
  if at + 4 + size_at(at) == stop then return true end
  for _, around in ipairs(FETCHED) do
    local begin = at + around[1]
    begin = begin + 4 + size_at(begin) * 16 + around[2]
    if begin + 4 + size_at(begin) == stop then return true end
  end
  return false
end

-- Whether a response may be at a place that has its topics after some bytes.
local function fits(raw, at, after)
  local begin = at + after
  local count, size = bytes.signed(raw, begin, 4), bytes.signed(raw, begin + 4, 2)
  local stop = begin + 6 + size
  if count < 1 or count > 10000 or size < 1 or size > 249 or #raw - stop + 1 < 18 then return false end
  if not raw:sub(begin + 6, stop - 1):find("^[%w._-]+$") then return false end
  local parts, number, code = bytes.signed(raw, stop, 4), bytes.signed(raw, stop + 4, 4), bytes.signed(raw, stop + 8, 2)
  local ends = at + 4 + bytes.signed(raw, at, 4)
  if parts < 1 or parts > 10000 or number < 0 or number > 10000 or code < -1 or code > 199 then return false end
  if bytes.signed(raw, stop + 10, 8) < -1 or ends < stop + 18 then return false end
  return count ~= 1 or parts ~= 1 or ends_so(raw, stop + 18, ends, after == 8)
end

-- Return where the first response with topics begins from a place on; nil for nowhere.
function kafka_messages.first_response(raw, at)
  local place = raw:find("\0...[\0\1-\127]...\0\0", at)
  while place do
    if fits(raw, place, 18) or fits(raw, place, 12) or fits(raw, place, 8) then return place end
    place = raw:find("\0...[\0\1-\127]...\0\0", place + 1)
  end
  return nil
end

return kafka_messages
