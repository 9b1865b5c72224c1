-- Frames of WebSocket, and the messages that they make: unmasked, put together, inflated.
--
-- Sources: RFC 6455, section 5; RFC 7692, section 6.

local inflate = require("nest.inflate")

local frames = {}

local CONTINUATION, TEXT, CONTROL = 0, 1, 8
local NAMES = { [0] = true, [1] = true, [2] = true, [8] = true, [9] = true, [10] = true }
local MOST, MOST_CONTROL = 67108864, 125 -- bytes of a payload

-- Unmasking: half a byte with half a byte, and a row of 256 bytes for each byte of a mask.
local rows = {}

local function xor(left, right)
  local result, bit = 0, 1
  for _ = 1, 8 do
    if left % 2 ~= right % 2 then result = result + bit end
    left, right, bit = math.floor(left / 2), math.floor(right / 2), bit * 2
  end
  return result
end

local function row_of(byte)
  if not rows[byte] then
    rows[byte] = {}
    for other = 0, 255 do rows[byte][other] = xor(byte, other) end
  end
  return rows[byte]
end

-- Return a text without a mask of four bytes; as it is without one.
function frames.unmasked(text, mask)
  if not mask then return text end
  local by_place = { row_of(mask:byte(1)), row_of(mask:byte(2)), row_of(mask:byte(3)), row_of(mask:byte(4)) }
  local parts = {}
  for from = 1, #text, 4096 do
    local bytes = { text:byte(from, from + 4095) }
    for index, byte in ipairs(bytes) do bytes[index] = by_place[(index - 1) % 4 + 1][byte] end
    parts[#parts + 1] = string.char(table.unpack(bytes))
  end
  return table.concat(parts)
end

-- Return what the first bytes of a frame say: {opcode, final, compressed, mask, size of the
-- head, length of the payload}; nil if they are not all there, and false if they are none.
function frames.head(raw, at)
  local first, second = raw:byte(at, at + 1)
  if not second then return nil end
  local opcode, reserved = first % 16, math.floor(first / 16) % 8
  local size, length = 2, second % 128
  local control = opcode >= CONTROL
  if not NAMES[opcode] or reserved % 4 ~= 0 then return false end
  if control and (length > MOST_CONTROL or first < 128 or reserved ~= 0) then return false end
  if opcode == CONTINUATION and reserved ~= 0 then return false end
  local more = length == 126 and 2 or length == 127 and 8 or 0
  local masked = second >= 128
  if #raw < at + size + more + (masked and 4 or 0) - 1 then return nil end
  if more > 0 then
    length = 0
    for index = at + 2, at + 1 + more do length = length * 256 + raw:byte(index) end
    size = size + more
  end
  if length > MOST then return false end
  local mask = masked and raw:sub(at + size, at + size + 3) or nil
  return {
    opcode = opcode,
    control = control,
    final = first >= 128,
    compressed = reserved == 4,
    mask = mask,
    size = size + (masked and 4 or 0),
    length = length,
  }
end

-- Return what puts the messages of one side together: a function of a frame's head, its
-- payload and the place of that, which returns {text, binary, place} once one is complete.
function frames.assembler()
  local parts, first, place, inflated = nil, nil, nil, inflate.messages()
  local function forget() parts, first, place = nil, nil, nil end
  local function lose() -- messages that follow may refer to what is missing
    forget()
    inflated = inflate.messages()
  end
  local function add(head, payload, begin)
    if head.control then return nil end
    if (head.opcode == CONTINUATION) ~= (parts ~= nil) then lose() return nil end
    parts, first = parts or {}, first or head
    parts[#parts + 1] = payload
    place = #parts == 1 and not head.mask and not head.compressed and begin or nil
    if not head.final then return nil end
    local text = table.concat(parts)
    if first.compressed then text = inflated(text) end
    local message = text and { text = text, binary = first.opcode ~= TEXT, place = place }
    forget()
    return message
  end
  return add, lose
end

return frames
