-- Over Redis: values of RESP2 and RESP3, and the packets that are published in them.
--
--     *3⏎$7⏎publish⏎$3⏎sum⏎$61⏎…      a client publishes
--     *3⏎$7⏎message⏎…  >3⏎$7⏎message⏎…  the broker hands on; pmessage has the pattern too
--
-- Values are read one by one: of an array that is no message nothing is kept.
--
-- Source: Redis serialization protocol specification.

local envelopes = require("nest.envelopes")

local redis = { name = "redis" }

local LONGEST_LINE = 65536
local MOST_BULK = 134217728
local MOST_ITEMS = 4 -- of a value that may be a message
local REPLY = ".reply" -- with which the channels of replies end
local WORDS = { publish = "client", message = "broker", pmessage = "broker" }
local CONFIRMS = { subscribe = true, psubscribe = true, unsubscribe = true, punsubscribe = true }
local SEALING = { MONITOR = true, SYNC = true, PSYNC = true } -- after which others are repeated
local SIMPLE = "^[-+:_#,(]"
local GREETINGS = {
  "%7\r\n$6\r\nserver\r\n$5\r\nredis\r\n",
  "-ERR unknown subcommand 'SETINFO'",
  "-NOAUTH Authentication required.\r\n",
  ">3\r\n$9\r\nsubscribe\r\n",
  ">3\r\n$10\r\npsubscribe\r\n",
}

-- Recognition -----------------------------------------------------------------

-- Return who says the unit that begins at a place, if it is one that shows that.
local function speaker(raw, at)
  local mark, size, word = raw:match("^([*>])[2-9]\r\n%$(%d+)\r\n(%a+)\r\n", at)
  if not word or tonumber(size) ~= #word then return nil end
  local known = WORDS[word:lower()]
  if known == "broker" then return word:lower() == word and known or nil end
  if known then return mark == "*" and known or nil end
  if not CONFIRMS[word:lower()] then return nil end
  if mark == ">" or raw:find("^[*>]3\r\n%$%d+\r\n%a+\r\n%$%d+\r\n[^\r\n]*\r\n:", at) then return "broker" end
  return "client"
end

-- Return where in the middle of a stream something is read, and who says it.
function redis.find(raw, at)
  at = at or 1
  local place = at
  while place do
    local who = speaker(raw, place)
    if who then return place, who end
    place = raw:find("\n[*>]", place)
    place = place and place + 1
  end
  return nil
end

-- Return who begins a connection so, "wait" if that does not show yet, or nil.
function redis.recognise(raw)
  local size, word = raw:match("^%*[1-9]%d*\r\n%$(%d+)\r\n(%a+)\r\n")
  if word then return tonumber(size) == #word and (speaker(raw, 1) or "client") or nil end
  for _, greeting in ipairs(GREETINGS) do
    if raw:sub(1, #greeting) == greeting then return "broker" end
  end
  if raw:find("^%*[1-9]?%d*\r?\n?%$?%d*\r?\n?%a*\r?$") and #raw < 64 then return "wait" end
  return nil
end

-- Values ----------------------------------------------------------------------
-- Of each side: left, how many values are to come until the outermost is complete; items,
-- its texts {text, place}, as long as it may be a message; mark, its first byte.

local Talk = {}
Talk.__index = Talk

function redis.talk(client)
  local talk = { client = client, searching = {}, sealed = {}, pushes = false }
  talk.sides = { { left = 0 }, { left = 0 } }
  return setmetatable(talk, Talk)
end

function Talk:lose(direction)
  self.sides[direction.side] = { left = 0 }
  self.searching[direction.side] = true
end

-- Return the message that a complete value is: which way, on which channel, which item.
function Talk:message_in(side, items, mark)
  local word = items[1] and items[1].text or ""
  if side == self.client then
    local command = word:upper()
    if SEALING[command] then self.sealed[3 - side] = true end
    if command == "PUBLISH" and #items == 3 then return "in", items[2].text, items[3] end
    return nil
  end
  local channel = word == "message" and #items == 3 and 2 or word == "pmessage" and #items == 4 and 3
  if not channel then return nil end
  if mark == ">" then self.pushes = true elseif self.pushes then return nil end
  return "out", items[channel].text, items[channel + 1]
end

function Talk:complete(direction, state, stop)
  local way, channel, item = self:message_in(direction.side, state.items, state.mark)
  if not way then return end
  local packet = envelopes.redis(item.text, channel:sub(-#REPLY) == REPLY)
  if not packet then return end
  self.emit({
    way = way,
    channel = channel,
    packet = packet,
    body = item.text,
    body_at = item.place,
    stop = direction.base + stop - 1,
    dual = true,
  })
end

-- One value, of which the members follow, is over at a place.
function Talk:count(direction, state, stop, text, place)
  if state.items and text then
    state.items[#state.items + 1] = { text = text, place = place and direction.base + place - 1 }
  end
  state.left = math.max(state.left, 1) - 1
  if state.left > 0 then return stop end
  if state.items then self:complete(direction, state, stop) end
  state.items = nil
  return stop
end

-- A value with members begins: their number is added to what is to come.
function Talk:begin(direction, state, mark, line, stop)
  local count = tonumber(line:match("^%-?%d+$"))
  if not count or count > 1e9 then return self:resume(direction) end
  if mark == "%" or mark == "|" then count = count * 2 end
  local outermost = state.left == 0
  state.left = outermost and 1 or state.left
  if outermost and count <= MOST_ITEMS and (mark == "*" or mark == ">") then
    state.items, state.mark = {}, mark
  else
    state.items = nil -- a message has texts alone
  end
  state.left = state.left + math.max(count, 0)
  if mark == "|" then return stop end -- what it is about follows
  return self:count(direction, state, stop)
end

-- A text with its size before it: what nobody needs is not waited for.
function Talk:bulk(direction, state, raw, at, line, stop)
  local size = tonumber(line:match("^%-?%d+$"))
  if not size or size > MOST_BULK then return self:resume(direction) end
  if size < 0 then return self:count(direction, state, stop) end
  if state.items then
    if #raw < stop + size + 1 then return nil, stop + size + 2 - at end
    if raw:sub(stop + size, stop + size + 1) ~= "\r\n" then return self:resume(direction) end
    return self:count(direction, state, stop + size + 2, raw:sub(stop, stop + size - 1), stop)
  end
  return self:count(direction, state, stop + size + 2)
end

-- Forget what was begun: bytes are no value.
function Talk:resume(direction)
  self:lose(direction)
  return nil
end

-- Look for a message after bytes that are missing, or are no value.
function Talk:search(direction, raw, at)
  local place, who = redis.find(raw, at)
  if not place then return #raw + 1 end
  self.searching[direction.side] = false
  if not self.client then self.client = who == "client" and direction.side or 3 - direction.side end
  return place
end

-- Read what is at a place; return the place after it, or nil and how many bytes it has.
function Talk:take(direction, raw, at)
  if self.sealed[direction.side] then return #raw + 1 end
  if self.searching[direction.side] then return self:search(direction, raw, at) end
  local state, newline = self.sides[direction.side], raw:find("\n", at, true)
  if not newline then
    if #raw - at < LONGEST_LINE then return nil, #raw - at + 2 end
    self:lose(direction)
    return #raw + 1
  end
  local stop, mark = newline + 1, raw:sub(at, at)
  local line = raw:sub(at + 1, newline - 1):gsub("\r$", "")
  local after, needed
  if mark:find("^[*>~%%|]") then
    after, needed = self:begin(direction, state, mark, line, stop)
  elseif mark:find("^[$=!]") then
    after, needed = self:bulk(direction, state, raw, at, line, stop)
  elseif mark:find(SIMPLE) or direction.side == self.client then -- or a command that is a line
    after = self:count(direction, state, stop, mark .. line)
  else
    self:lose(direction)
  end
  if after or needed then return after, needed end
  return at + 1
end

return redis
