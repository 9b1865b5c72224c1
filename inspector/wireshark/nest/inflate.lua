-- DEFLATE: what was compressed, also where it refers to what came before (RFC 1951).
--
-- permessage-deflate leaves off the last four bytes of each message and may refer to the
-- messages before it (RFC 7692, section 7.2); HTTP has gzip and zlib around it.

local window = require("nest.window")

local inflate = {}

local WINDOW = 32768 -- bytes that may be referred to
local TAIL = "\0\0\255\255"
local LENGTHS, LENGTH_BITS, DISTANCES, DISTANCE_BITS = {}, {}, {}, {}
local CODE_ORDER = { 16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15 }

-- Section 3.2.5: what the symbols of lengths and distances begin with, and their bits.
local length, distance = 3, 1
for symbol = 0, 27 do
  LENGTH_BITS[symbol] = symbol < 8 and 0 or math.floor(symbol / 4) - 1
  LENGTHS[symbol], length = length, length + 2 ^ LENGTH_BITS[symbol]
end
LENGTHS[28], LENGTH_BITS[28] = 258, 0
for symbol = 0, 29 do
  DISTANCE_BITS[symbol] = symbol < 4 and 0 or math.floor(symbol / 2) - 1
  DISTANCES[symbol], distance = distance, distance + 2 ^ DISTANCE_BITS[symbol]
end

-- Bits ------------------------------------------------------------------------

local Bits = {}
Bits.__index = Bits

function Bits:read(count)
  while self.count < count do
    local byte = self.raw:byte(self.at)
    if not byte then error("the end of the data") end
    self.held, self.at = self.held + byte * 2 ^ self.count, self.at + 1
    self.count = self.count + 8
  end
  local value = self.held % 2 ^ count
  self.held, self.count = (self.held - value) / 2 ^ count, self.count - count
  return value
end

-- Return the next symbol of a code, which is {counts, symbols} by length (section 3.2.2).
function Bits:symbol(code)
  local value, first, index = 0, 0, 0
  for size = 1, 15 do
    value = value + self:read(1)
    local count = code.counts[size]
    if value - count < first then return code.symbols[index + value - first + 1] end
    index, first = index + count, (first + count) * 2
    value = value * 2
  end
  error("a code that is not one")
end

local function make_code(sizes, last)
  local counts, starts, symbols = {}, { 0 }, {}
  for size = 0, 15 do counts[size] = 0 end
  for symbol = 0, last do counts[sizes[symbol] or 0] = counts[sizes[symbol] or 0] + 1 end
  for size = 1, 14 do starts[size + 1] = starts[size] + counts[size] end
  for symbol = 0, last do
    local size = sizes[symbol] or 0
    if size > 0 then
      starts[size] = starts[size] + 1
      symbols[starts[size]] = symbol
    end
  end
  return { counts = counts, symbols = symbols }
end

-- Blocks ----------------------------------------------------------------------

local function fixed_codes()
  local sizes, far = {}, {}
  for symbol = 0, 287 do
    sizes[symbol] = symbol < 144 and 8 or symbol < 256 and 9 or symbol < 280 and 7 or 8
  end
  for symbol = 0, 29 do far[symbol] = 5 end
  return make_code(sizes, 287), make_code(far, 29)
end

-- Section 3.2.7.
local function read_codes(bits)
  local literals, far, own = bits:read(5) + 257, bits:read(5) + 1, bits:read(4) + 4
  local sizes = {}
  for index = 1, own do sizes[CODE_ORDER[index]] = bits:read(3) end
  local code, all, at = make_code(sizes, 18), {}, 0
  while at < literals + far do
    local symbol = bits:symbol(code)
    local repeated, times = symbol, 1
    if symbol == 16 then
      if at == 0 then error("nothing to repeat") end
      repeated, times = all[at - 1], 3 + bits:read(2)
    elseif symbol == 17 then
      repeated, times = 0, 3 + bits:read(3)
    elseif symbol == 18 then
      repeated, times = 0, 11 + bits:read(7)
    end
    for _ = 1, times do all[at], at = repeated, at + 1 end
  end
  local distances = {}
  for symbol = 0, far - 1 do distances[symbol] = all[literals + symbol] end
  return make_code(all, literals - 1), make_code(distances, far - 1)
end

local function read_compressed(bits, output, near, far)
  while true do
    local symbol = bits:symbol(near)
    if symbol < 256 then
      output:write(symbol)
    elseif symbol == 256 then
      return
    else
      local own = symbol - 257
      if not LENGTHS[own] then error("a length that is not one") end
      local size = LENGTHS[own] + bits:read(LENGTH_BITS[own])
      local away = bits:symbol(far)
      if not DISTANCES[away] then error("a distance that is not one") end
      output:copy(size, DISTANCES[away] + bits:read(DISTANCE_BITS[away]))
    end
  end
end

local function read_stored(bits, output)
  bits.held, bits.count = 0, 0
  local size, check = bits:read(16), bits:read(16)
  if size + check ~= 65535 then error("a size that is not one") end
  for _ = 1, size do output:write(bits:read(8)) end
end

-- Read blocks to the final one, or to the end; return whether there was a final one.
local function read_blocks(bits, output)
  while bits.at <= #bits.raw do
    local final, kind = bits:read(1) == 1, bits:read(2)
    if kind == 0 then
      read_stored(bits, output)
    elseif kind == 1 then
      read_compressed(bits, output, fixed_codes())
    elseif kind == 2 then
      read_compressed(bits, output, read_codes(bits))
    else
      error("a block that is not one")
    end
    if final then return true end
  end
  return false
end

local function inflated(raw, at, recent)
  local bits = setmetatable({ raw = raw, at = at, held = 0, count = 0 }, Bits)
  local output = window.output(WINDOW, recent)
  local final = read_blocks(bits, output)
  return output:text(), final, output.recent
end

-- Return a function that inflates the messages of one side in their order; it returns nil
-- for one that cannot be read, and after that knows nothing of those before.
function inflate.messages()
  local recent = {}
  return function(raw)
    local read, text, final, kept = pcall(inflated, raw .. TAIL, 1, recent)
    recent = read and not final and kept or {}
    return read and text or nil
  end
end

-- Return where the data of gzip begin (RFC 1952), or nil.
local function gzip_data(raw)
  if raw:sub(1, 3) ~= "\31\139\8" then return nil end
  local flags, at = raw:byte(4) or 0, 11
  if math.floor(flags / 4) % 2 == 1 then at = at + 2 + (raw:byte(at) or 0) + 256 * (raw:byte(at + 1) or 0) end
  for _, bit in ipairs({ 8, 16 }) do
    if math.floor(flags / bit) % 2 == 1 then at = (raw:find("\0", at, true) or #raw) + 1 end
  end
  return math.floor(flags / 2) % 2 == 1 and at + 2 or at
end

-- Return the body of an HTTP message without its coding; nil if it cannot be read.
function inflate.body(raw, coding)
  if coding == "" or coding == "identity" then return raw end
  if coding ~= "gzip" and coding ~= "deflate" then return nil end
  local read, text, final = pcall(inflated, raw, gzip_data(raw) or 3, {})
  return read and final and text or nil
end

return inflate
