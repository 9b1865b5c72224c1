-- Directions of TCP connections: their bytes in order, each once; knows nothing of Wireshark.
--
--     segment = { seq, raw, number, time, index }     what a captured packet carries
--     span    = { begin, stop, number, time, index, at }   where those bytes are then
--
-- Places count from 0 at the first byte that was taken. What comes too early waits until
-- the bytes before it have come, or until the other side acknowledges them: then the
-- capture lacks them.

local streams = {}

local MOST_AHEAD = 1048576 -- bytes that wait for a hole to be filled
local MOST_SEGMENTS = 1024 -- … and how many segments of them
local HALF, WHOLE = 2147483648, 4294967296 -- of the sequence numbers

local Direction = {}
Direction.__index = Direction

function streams.direction(side)
  local direction = { side = side, base = 0, size = 0, need = 1, whole = false }
  direction.pieces, direction.spans = {}, {}
  direction.ahead, direction.held, direction.skipping = {}, 0, 0
  return setmetatable(direction, Direction)
end

-- Return how far one sequence number is after another; less than 0 if it is before.
local function after(number, other)
  return (number - other + HALF) % WHOLE - HALF
end

-- Learn with which sequence number the bytes begin, unless that was captured before.
function Direction:open(seq)
  if self.first == seq then return end
  self.next, self.first, self.whole = seq, seq, true
end

-- Take some bytes that come next; `moved` says that another packet completed the order.
function Direction:append(segment, late, moved)
  local raw = late > 0 and segment.raw:sub(late + 1) or segment.raw
  self.next = (self.next + #raw) % WHOLE
  local left = math.min(self.skipping, #raw)
  if left > 0 then
    self.skipping, self.base = self.skipping - left, self.base + left
    raw, late = raw:sub(left + 1), late + left
  end
  if raw == "" then return end
  local begin = self.base + self.size
  self.size = self.size + #raw
  self.pieces[#self.pieces + 1] = raw
  self.spans[#self.spans + 1] = {
    begin = begin,
    stop = begin + #raw,
    number = moved and math.max(moved, segment.number) or segment.number,
    time = segment.time,
    index = segment.index,
    at = not moved and late or nil,
  }
end

-- Take what has waited and comes next now.
function Direction:catch_up(moved)
  local ahead, taken = self.ahead, 0
  for _, segment in ipairs(ahead) do
    local late = after(self.next, segment.seq)
    if late < 0 then break end
    taken, self.held = taken + 1, self.held - #segment.raw
    if late < #segment.raw then self:append(segment, late, moved) end
  end
  if taken == 0 then return end
  self.ahead = { table.unpack(ahead, taken + 1) }
end

function Direction:wait(segment)
  local ahead, place = self.ahead, #self.ahead
  while place > 0 and after(ahead[place].seq, segment.seq) > 0 do place = place - 1 end
  table.insert(ahead, place + 1, segment)
  self.held = self.held + #segment.raw
end

-- Take the bytes of a captured packet; return whether any are next in order.
function Direction:add(segment)
  if not self.next then self.next = segment.seq end
  local late = after(self.next, segment.seq)
  if late < 0 then
    self:wait(segment)
    return false
  end
  if late >= #segment.raw then return false end
  self:append(segment, late)
  if #self.ahead > 0 then self:catch_up(segment.number) end
  return true
end

-- Whether the capture lacks what comes next, since the other side acknowledges later bytes.
function Direction:lacks(acknowledged)
  local first = self.ahead[1]
  if not first then return false end
  if self.held > MOST_AHEAD or #self.ahead > MOST_SEGMENTS then return true end
  return acknowledged ~= nil and after(acknowledged, first.seq) >= 0
end

-- Go on after missing bytes; what was kept of those before them is gone.
function Direction:lose()
  local first = self.ahead[1]
  self.base = self.base + self.size + after(first.seq, self.next)
  self.pieces, self.spans, self.size = {}, {}, 0
  self.next, self.need, self.whole, self.skipping = first.seq, 1, false, 0
  self:catch_up()
end

-- Return the bytes that are kept, as one text.
function Direction:text()
  if #self.pieces > 1 then self.pieces = { table.concat(self.pieces) } end
  return self.pieces[1] or ""
end

-- Forget so many bytes; if that is more than there are, those that come next, too.
function Direction:drop(count)
  if count == 0 then return end
  local rest = self:text():sub(count + 1)
  self.skipping = math.max(count - self.size, 0)
  self.base = self.base + math.min(count, self.size)
  self.pieces, self.size = rest ~= "" and { rest } or {}, #rest
  local spans = {}
  for _, span in ipairs(self.spans) do
    if span.stop > self.base then spans[#spans + 1] = span end
  end
  self.spans = spans
end

-- Return the span with the last byte before a place.
function Direction:span_before(stop)
  for index = #self.spans, 1, -1 do
    if self.spans[index].begin < stop then return self.spans[index] end
  end
  return self.spans[1]
end

return streams
