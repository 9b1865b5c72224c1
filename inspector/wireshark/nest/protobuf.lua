-- Messages of Protocol Buffers without their .proto file, as JSON: fields by their numbers.
--
--     varint             an integer; a negative one of 64 bits is a negative number
--     64 or 32 bits      a floating-point number, if it is an ordinary one; else an integer
--     length-delimited   text, if all of it is printable; else a message, if it can be read as
--                        one; else the bytes in base64
--
-- A field that occurs several times is an array; an integer that JavaScript cannot hold is text.
--
-- Source: https://protobuf.dev/programming-guides/encoding/

local bytes = require("nest.bytes")
local json = require("nest.json")
local routes = require("nest.routes")

local protobuf = {}

local DEEPEST, MOST_FIELDS, HIGHEST = 16, 65536, 536870912
local HALF, WHOLE = 2147483648, 4294967296
local EXACT = 2097152 -- the upper half of 2^53, up to which a double holds any integer
local CONTROL, LINES = "[\0-\8\11-\31\127]", "[\n\0-\8\11-\31\127]"

-- Numbers ---------------------------------------------------------------------

-- Return the integer of 64 bits of which two halves are known, which may have a sign.
local function integer(low, high, signed)
  local above = signed and high >= HALF and high - WHOLE or high
  if (above >= -EXACT and above < EXACT) or (above == EXACT and low == 0) then
    return ("%.0f"):format(above * WHOLE + low)
  end
  return json.quoted(tostring((signed and Int64 or UInt64).new(low, high)))
end

-- Return the two halves of a varint, and the place after it.
local function varint_at(raw, at)
  local low, high = 0, 0
  for count = 0, 9 do
    local byte = raw:byte(at + count)
    if not byte then break end
    local part = byte % 128
    if count < 4 then
      low = low + part * 128 ^ count
    elseif count == 4 then
      low, high = low + part % 16 * 268435456, math.floor(part / 16)
    else
      high = (high + part * 2 ^ (7 * count - 32)) % WHOLE
    end
    if byte < 128 then return low, high, at + count + 1 end
  end
  error("a number that does not end")
end

local function is_ordinary(real)
  return real == 0 or (math.abs(real) > 1e-12 and math.abs(real) < 1e15)
end

local function fixed(raw)
  local real = Struct.unpack(#raw == 8 and "<d" or "<f", raw)
  if is_ordinary(real) then
    return routes.spell_number(#raw == 8 and real or tonumber(("%.7g"):format(real)))
  end
  local turned = raw:reverse()
  if #raw == 4 then return ("%.0f"):format(bytes.number(turned, 1, 4)) end
  return integer(bytes.number(turned, 5, 4), bytes.number(turned, 1, 4), false)
end

-- Texts -----------------------------------------------------------------------

local DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

local function base64(raw)
  local text = raw:gsub("..?.?", function(three)
    local number = bytes.number(three .. ("\0"):rep(3 - #three), 1, 3)
    local found = {}
    for place = 3, 0, -1 do
      local digit = math.floor(number / 64 ^ place) % 64
      found[#found + 1] = 3 - place <= #three and DIGITS:sub(digit + 1, digit + 1) or "="
    end
    return table.concat(found)
  end)
  return json.quoted(text)
end

local message

-- Return a message, a text, or bytes; each is tried once, or depth would cost.
local function delimited(raw, depth)
  local tried = raw:find(LINES) ~= nil
  if tried then
    local read, text = pcall(message, raw, depth + 1)
    if read then return text end
  end
  if not raw:find(CONTROL) and bytes.is_utf8(raw) then return json.quoted(raw) end
  if not tried then
    local read, text = pcall(message, raw, depth + 1)
    if read then return text end
  end
  return base64(raw)
end

-- Messages --------------------------------------------------------------------

local function taken(raw, at, size)
  if at + size - 1 > #raw then error("a value that ends too early") end
  return raw:sub(at, at + size - 1), at + size
end

-- Return a value of a kind as JSON, and the place after it.
local function value_at(raw, at, kind, depth)
  local low, high, text
  if kind == 1 or kind == 5 then
    text, at = taken(raw, at, kind == 1 and 8 or 4)
    return fixed(text), at
  end
  low, high, at = varint_at(raw, at)
  if kind == 0 then return integer(low, high, true), at end
  if kind ~= 2 or high > 0 then error("a kind that is not one") end
  text, at = taken(raw, at, low)
  return delimited(text, depth), at
end

local function member(number, values)
  local text = #values > 1 and "[" .. table.concat(values, ",") .. "]" or values[1]
  return '"' .. number .. '":' .. text
end

message = function(raw, depth)
  if depth > DEEPEST then error("too deep") end
  local numbers, values, at, count = {}, {}, 1, 0
  while at <= #raw do
    local low, high, text
    low, high, at = varint_at(raw, at)
    local number = math.floor((high * WHOLE + low) / 8)
    count = count + 1
    if count > MOST_FIELDS or number < 1 or number >= HIGHEST then error("no message") end
    text, at = value_at(raw, at, low % 8, depth)
    if not values[number] then numbers[#numbers + 1], values[number] = number, {} end
    table.insert(values[number], text)
  end
  local members = {}
  for index, number in ipairs(numbers) do members[index] = member(("%.0f"):format(number), values[number]) end
  return "{" .. table.concat(members, ",") .. "}"
end

-- Return a message as JSON; its bytes in base64 if they cannot be one.
function protobuf.json(raw)
  local read, text = pcall(message, raw, 0)
  return read and text or base64(raw)
end

return protobuf
