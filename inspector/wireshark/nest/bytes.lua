-- Bytes: big-endian numbers, and whether text is UTF-8.

local bytes = {}

-- Return the number that some bytes are; missing ones are zero.
function bytes.number(raw, at, size)
  local number = 0
  for index = at, at + size - 1 do number = number * 256 + (raw:byte(index) or 0) end
  return number
end

-- Return the same of bytes that have a sign.
function bytes.signed(raw, at, size)
  local number = bytes.number(raw, at, size)
  return number < 2 ^ (8 * size - 1) and number or number - 2 ^ (8 * size)
end

-- Characters of several bytes, by their first (RFC 3629, section 4).
local SEQUENCES = {
  { "^[\194-\223][\128-\191]", 2 },
  { "^\224[\160-\191][\128-\191]", 3 },
  { "^\237[\128-\159][\128-\191]", 3 },
  { "^[\225-\236\238\239][\128-\191][\128-\191]", 3 },
  { "^\240[\144-\191][\128-\191][\128-\191]", 4 },
  { "^[\241-\243][\128-\191][\128-\191][\128-\191]", 4 },
  { "^\244[\128-\143][\128-\191][\128-\191]", 4 },
}

local function size_of_character(text, at)
  for _, sequence in ipairs(SEQUENCES) do
    if text:find(sequence[1], at) then return sequence[2] end
  end
  return nil
end

function bytes.is_utf8(text)
  local at = text:find("[\128-\255]")
  while at do
    local size = size_of_character(text, at)
    if not size then return false end
    at = text:find("[\128-\255]", at + size)
  end
  return true
end

return bytes
