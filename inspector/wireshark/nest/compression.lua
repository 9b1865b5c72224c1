-- What a producer of Kafka's has compressed: gzip, snappy and lz4.
--
-- Lua has no library for these, so this is slow; what is large or malformed is not read, and
-- neither is zstd.
--
-- Sources: https://github.com/google/snappy/blob/main/format_description.txt;
-- https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md and lz4_Frame_format.md;
-- https://github.com/xerial/snappy-java, SnappyCodec.

local bytes = require("nest.bytes")
local inflate = require("nest.inflate")
local window = require("nest.window")

local compression = {}

local GZIP, SNAPPY, LZ4 = 1, 2, 3
local WINDOW = 65536 -- bytes that may be referred to
local BLOCKS = "\130SNAPPY\0" -- what Java writes ahead of its blocks

-- Snappy ---------------------------------------------------------------------------

local function little(raw, at, size)
  local number = 0
  for index = at + size - 1, at, -1 do number = number * 256 + raw:byte(index) end
  return number
end

local function snappy_size(raw)
  local size, factor, at = 0, 1, 1
  repeat
    local byte = raw:byte(at)
    size, factor, at = size + byte % 128 * factor, factor * 128, at + 1
  until byte < 128
  return size, at
end

-- Return the place after a literal that begins with a tag.
local function take_literal(raw, at, tag, out)
  local size = math.floor(tag / 4) + 1
  if size > 60 then
    local extra = size - 60
    size, at = little(raw, at, extra) + 1, at + extra
  end
  out:literal(raw, at, at + size)
  return at + size
end

local function take_copy(raw, at, tag, out)
  local kind, number = tag % 4, math.floor(tag / 4)
  if kind == 1 then
    out:copy(number % 8 + 4, math.floor(number / 8) * 256 + raw:byte(at))
    return at + 1
  end
  local width = kind == 2 and 2 or 4
  out:copy(number + 1, little(raw, at, width))
  return at + width
end

local function snappy_block(raw, out)
  local size, at = snappy_size(raw)
  local before = out:size()
  while at <= #raw do
    local tag = raw:byte(at)
    at = (tag % 4 == 0 and take_literal or take_copy)(raw, at + 1, tag, out)
  end
  if out:size() - before ~= size then error("another size") end
end

local function snappy(raw)
  local out = window.output(WINDOW, {})
  if raw:sub(1, #BLOCKS) ~= BLOCKS then
    snappy_block(raw, out)
    return out:text()
  end
  local at = 17
  while at <= #raw do
    local size = bytes.number(raw, at, 4)
    snappy_block(raw:sub(at + 4, at + 3 + size), out)
    at = at + 4 + size
  end
  return out:text()
end

-- LZ4 ------------------------------------------------------------------------------

-- Return a length of which four bits were said, and the place after the rest of it.
local function lz4_length(raw, at, length)
  if length < 15 then return length, at end
  repeat
    local byte = raw:byte(at)
    length, at = length + byte, at + 1
  until byte < 255
  return length, at
end

local function lz4_block(raw, at, stop, out)
  while at < stop do
    local token, size = raw:byte(at), nil
    size, at = lz4_length(raw, at + 1, math.floor(token / 16))
    out:literal(raw, at, at + size)
    at = at + size
    if at >= stop then return end
    local back = little(raw, at, 2)
    size, at = lz4_length(raw, at + 2, token % 16)
    out:copy(size + 4, back)
  end
end

local function lz4(raw)
  if raw:sub(1, 4) ~= "\4\34\77\24" then error("no frame") end
  local flags, out = raw:byte(5), window.output(WINDOW, {})
  local function has(bit) return math.floor(flags / bit) % 2 == 1 end
  local at = 8 + (has(8) and 8 or 0) + (has(1) and 4 or 0)
  while true do
    local size = little(raw, at, 4)
    at = at + 4
    if size == 0 then return out:text() end
    local plain = size >= 2147483648
    size = plain and size - 2147483648 or size
    if plain then out:literal(raw, at, at + size) else lz4_block(raw, at, at + size, out) end
    at = at + size + (has(16) and 4 or 0)
  end
end

local READERS = { [SNAPPY] = snappy, [LZ4] = lz4 }

-- Return records as they were before; nil if they cannot be read.
function compression.records(codec, raw)
  if codec == GZIP then return inflate.body(raw, "gzip") end
  if not READERS[codec] then return nil end
  local read, text = pcall(READERS[codec], raw)
  return read and text or nil
end

return compression
