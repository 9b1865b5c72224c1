-- What is decompressed: bytes, which may repeat those before them.

local window = {}

local MOST = 8388608 -- bytes of one text

local Output = {}
Output.__index = Output

-- Return what takes bytes, of which the last so many may be repeated; `recent` are those before.
-- In it are the bytes that may be referred to, and those that are not yet in `parts`.
function window.output(size, recent)
  return setmetatable({ window = size, recent = recent, parts = {}, done = #recent, total = 0 }, Output)
end

function Output:flush()
  local recent, size, kept_size = self.recent, #self.recent, self.window
  for from = self.done + 1, size, 4096 do
    self.parts[#self.parts + 1] = string.char(table.unpack(recent, from, math.min(from + 4095, size)))
  end
  self.total, self.done = self.total + size - self.done, size
  if self.total > MOST then error("too long") end
  if size <= kept_size then return end
  local kept = {}
  for index = size - kept_size + 1, size do kept[#kept + 1] = recent[index] end
  self.recent, self.done = kept, kept_size
end

function Output:write(byte)
  self.recent[#self.recent + 1] = byte
  if #self.recent >= 4 * self.window then self:flush() end
end

-- Take bytes of a text, from a place to before another.
function Output:literal(raw, at, stop)
  if stop - 1 > #raw then error("a literal that is too long") end
  for from = at, stop - 1, 4096 do
    for _, byte in ipairs({ raw:byte(from, math.min(from + 4095, stop - 1)) }) do self:write(byte) end
  end
end

-- Repeat so many bytes from so many before; they may overlap with what that makes.
function Output:copy(size, back)
  local recent = self.recent
  local from = #recent - back
  if from < 0 or back < 1 or size > MOST then error("a distance too far back") end
  for index = from + 1, from + size do recent[#recent + 1] = recent[index] end
  if #recent >= 4 * self.window then self:flush() end
end

-- Return all of it.
function Output:text()
  self:flush()
  return table.concat(self.parts)
end

-- Return how many bytes it has.
function Output:size()
  return self.total + #self.recent - self.done
end

return window
