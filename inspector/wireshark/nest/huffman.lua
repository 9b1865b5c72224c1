-- Huffman's code of header compression: texts as they were before.
--
-- The code is canonical: symbols of one length have codes in their order, those of greater
-- length come after them. So the lengths say it all: one letter for each byte, of which A is
-- 5 bits, and one for the end of a text.
--
-- Source: RFC 7541, section 5.2 and appendix B.

local huffman = {}

local LENGTHS = "ISXXXXXXXTZXXZXXXXXXXXZXXXXXXXXXBFFHIBDGFFDGDBBBAAABBBBBBBCDKBHFIBCCCCCCCCCCCCCCCCCCCCCCDCDIOIJBKAB"
  .. "ABABBBACCBBBABCBAABCCCCCKGJIXPRPPRRRSRSSSSSTSTTRSTSSSSQRSRSSTRQPRRSSQSRRTQRSSQQRQSRSSPRRRSRRSVVPORSRUVVV"
  .. "WWVTUOQVWWVWTQQVVXWWWPTPQRQQSRRUUTTVSVWVVWWWWWXWWWWWVZ"
local SHORTEST, LONGEST, END = 5, 30, 256

-- By length: the first code, and the symbols of this and all that follow it.
local firsts, symbols = {}, {}
local code = 0
for size = SHORTEST, LONGEST do
  code, firsts[size], symbols[size] = code * 2, code * 2, {}
  for symbol = 0, END do
    if LENGTHS:byte(symbol + 1) - 65 + SHORTEST == size then
      table.insert(symbols[size], symbol)
      code = code + 1
    end
  end
end

-- Return a text as it was before; an error if it is not in this code.
function huffman.text(raw)
  local found, value, size = {}, 0, 0
  for index = 1, #raw do
    local byte = raw:byte(index)
    for bit = 7, 0, -1 do
      value, size = value * 2 + math.floor(byte / 2 ^ bit) % 2, size + 1
      local symbol = size >= SHORTEST and symbols[size] and symbols[size][value - firsts[size] + 1]
      if symbol == END or size > LONGEST then error("a code that is not one") end
      if symbol and value >= firsts[size] then
        found[#found + 1], value, size = string.char(symbol), 0, 0
      end
    end
  end
  if size > 7 or value ~= 2 ^ size - 1 then error("padding that is not one") end
  return table.concat(found)
end

return huffman
