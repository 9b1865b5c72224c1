-- Numbers, strings and lists of Kafka's protocol, of both encodings.
--
-- From some version of each API on strings and lists are *compact*: their length, plus one,
-- is an unsigned varint, and structures end with tagged fields. What is malformed is an error.
--
-- Source: https://kafka.apache.org/protocol, "Protocol Primitive Types"; KIP-482.

local bytes = require("nest.bytes")

local kafka_fields = {}

local Cursor = {}
Cursor.__index = Cursor

-- Return what reads raw[at … stop - 1].
function kafka_fields.cursor(raw, at, stop, compact)
  return setmetatable({ raw = raw, at = at, stop = stop, compact = compact }, Cursor)
end

-- Pass over some bytes; return where they begin.
function Cursor:skip(count)
  local begin = self.at
  if count < 0 or begin + count > self.stop then error("it ends too early") end
  self.at = begin + count
  return begin
end

function Cursor:number(size)
  return bytes.signed(self.raw, self:skip(size), size)
end

-- Return an unsigned varint.
function Cursor:unsigned()
  local number, factor = 0, 1
  for _ = 1, 10 do
    local byte = self.raw:byte(self:skip(1))
    number, factor = number + byte % 128 * factor, factor * 128
    if byte < 128 then return number end
  end
  error("a number that does not end")
end

-- Return a signed varint: what is negative is odd.
function Cursor:varint()
  local number = self:unsigned()
  return number % 2 == 0 and number / 2 or -(number + 1) / 2
end

-- Return where so many bytes begin, and the place after them; a negative number is null.
function Cursor:span(size)
  local begin = self:skip(math.max(size, 0))
  return begin, self.at
end

function Cursor:text()
  local begin, stop = self:span(self.compact and self:unsigned() - 1 or self:number(2))
  return self.raw:sub(begin, stop - 1)
end

function Cursor:blob()
  return self:span(self.compact and self:unsigned() - 1 or self:number(4))
end

-- Return the identifier of a topic, as hexadecimal digits.
function Cursor:uuid()
  local begin = self:skip(16)
  return (self.raw:sub(begin, begin + 15):gsub(".", function(byte) return ("%02x"):format(byte:byte()) end))
end

-- Call a function for each item of a list, which has to read it; then its tags are passed over.
function Cursor:each(read)
  local count = self.compact and self:unsigned() - 1 or self:number(4)
  if count > self.stop - self.at then error("a list that is too long") end
  for _ = 1, count do
    read(self)
    self:tags()
  end
end

-- Pass over the tagged fields at the end of a structure, if it may have any.
function Cursor:tags()
  if not self.compact then return end
  for _ = 1, self:unsigned() do
    self:unsigned()
    self:skip(self:unsigned())
  end
end

return kafka_fields
