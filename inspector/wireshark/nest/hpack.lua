-- Header compression: blocks to fields.
--
--     1xxxxxxx             name and value by an index
--     01xxxxxx … value     … a value that is kept in the table from now on
--     0000xxxx, 0001xxxx   … one that is not
--     001xxxxx             how large the table may be
--
-- If the beginning of a connection is missing, what its table held is not known: such fields
-- have no name. What is added from then on is found by its index all the same, which counts
-- from the newest one. What is malformed is an error.
--
-- Source: RFC 7541, sections 4 to 6 and appendix A.

local huffman = require("nest.huffman")

local hpack = {}

local LARGEST, USUAL, OVERHEAD = 1048576, 4096, 32 -- bytes of a table, and of an entry besides its texts
local MOST_TEXT = 262144 -- bytes of the fields of a block: an index may stand for many
local STATIC = {}
for name, value in ([[
:authority= :method=GET :method=POST :path=/ :path=/index.html :scheme=http :scheme=https :status=200 :status=204
:status=206 :status=304 :status=400 :status=404 :status=500 accept-charset= accept-encoding=gzip,deflate
accept-language= accept-ranges= accept= access-control-allow-origin= age= allow= authorization= cache-control=
content-disposition= content-encoding= content-language= content-length= content-location= content-range=
content-type= cookie= date= etag= expect= expires= from= host= if-match= if-modified-since= if-none-match= if-range=
if-unmodified-since= last-modified= link= location= max-forwards= proxy-authenticate= proxy-authorization= range=
referer= refresh= retry-after= server= set-cookie= strict-transport-security= transfer-encoding= user-agent= vary=
via= www-authenticate= ]]):gmatch("(:?[a-z-]+)=(%S*)") do
  local spaced = value:gsub(",", ", ")
  STATIC[#STATIC + 1] = { name, spaced }
end

-- Lines -----------------------------------------------------------------------

-- Return a number of so many bits and the place after it (section 5.1).
local function number_at(block, at, bits)
  local most, first = 2 ^ bits - 1, block:byte(at)
  if not first then error("a block that ends too early") end
  local number = first % 2 ^ bits
  at = at + 1
  if number < most then return number, at end
  for count = 0, 4 do
    local byte = block:byte(at + count)
    if not byte then break end
    number = number + byte % 128 * 128 ^ count
    if byte < 128 then return number, at + count + 1 end
  end
  error("a number that does not end")
end

-- Return a text and the place after it (section 5.2).
local function text_at(block, at)
  local coded = (block:byte(at) or 0) >= 128
  local size, begin = number_at(block, at, 7)
  local text = block:sub(begin, begin + size - 1)
  if #text < size then error("a text that ends too early") end
  return coded and huffman.text(text) or text, begin + size
end

-- Tables ----------------------------------------------------------------------

local Reader = {}
Reader.__index = Reader

-- Return what reads the blocks of one side, in their order.
function hpack.reader()
  return setmetatable({ most = USUAL, entries = {}, newest = 0, oldest = 1, size = 0 }, Reader)
end

-- Forget what the table holds: blocks are missing that may have changed it.
function Reader:forget()
  self.entries, self.newest, self.oldest, self.size = {}, 0, 1, 0
end

local function size_of(entry)
  return #entry[1] + #entry[2] + OVERHEAD
end

function Reader:shrink()
  while self.size > self.most and self.oldest <= self.newest do
    self.size = self.size - size_of(self.entries[self.oldest])
    self.entries[self.oldest], self.oldest = nil, self.oldest + 1
  end
end

function Reader:add(entry)
  self.newest = self.newest + 1
  self.entries[self.newest], self.size = entry, self.size + size_of(entry)
  self:shrink()
end

function Reader:entry(index)
  if index == 0 then error("the index 0") end
  return STATIC[index] or self.entries[self.newest - (index - #STATIC) + 1] or { "", "" }
end

function Reader:resize(size)
  if size > LARGEST then error("a table that is too large") end
  self.most = size
  self:shrink()
end

-- Return the name and the value of the field at a place, nil for none; and the place after it.
function Reader:field(block, at)
  local first, index, name, value = block:byte(at), nil, nil, nil
  if first >= 128 then
    index, at = number_at(block, at, 7)
    local entry = self:entry(index)
    return entry[1], entry[2], at
  elseif first >= 32 and first < 64 then
    index, at = number_at(block, at, 5)
    self:resize(index)
    return nil, nil, at
  end
  index, at = number_at(block, at, first >= 64 and 6 or 4)
  if index > 0 then name = self:entry(index)[1] else name, at = text_at(block, at) end
  value, at = text_at(block, at)
  name = name:lower()
  if first >= 64 then self:add({ name, value }) end
  return name, value, at
end

-- Return what a block says, by name; and the names in their order.
function Reader:read(block)
  local said, names, at, left = {}, {}, 1, MOST_TEXT
  while at <= #block do
    local name, value
    name, value, at = self:field(block, at)
    left = left - #(name or "") - #(value or "")
    if name and name ~= "" and left >= 0 then
      if not said[name] then names[#names + 1] = name end
      said[name] = said[name] and said[name] .. ", " .. value or value
    end
  end
  return said, names
end

-- Return whether who sends a block asks, as far as names show it that are in the static table.
function hpack.asks(block)
  local reader, at = hpack.reader(), 1
  while at <= #block do
    local read, name, _, after = pcall(reader.field, reader, block, at)
    if not read then return nil end
    if name == ":method" or name == ":path" then return true end
    if name == ":status" then return false end
    at = after
  end
  return nil
end

return hpack
