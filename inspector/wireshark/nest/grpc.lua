-- Over gRPC: frames of HTTP/2 to calls, each of which is a stream.
--
--     HEADERS, DATA of a client       a request, and each further message of its client
--     HEADERS, DATA of a server       a reply
--     trailers, RST_STREAM of one     the reply that ends a call
--
-- A header block is held until the frame after it is there: with a message right after it, it
-- is one packet with that.
--
-- Sources: RFC 9113; https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md

local bytes = require("nest.bytes")
local grpc_units = require("nest.grpc_units")
local hpack = require("nest.hpack")
local http2 = require("nest.http2")

local grpc = { name = "grpc" }

local GRPC, PREFIX, HEAD = "application/grpc", 5, http2.HEAD
local LONGEST, LONGEST_SETTINGS = 1048576, 1024
local MOST_BLOCK, MOST_FRAMES, MOST_CLOSED = 1048576, 1024, 2048
local ENOUGH = 3 -- frames that follow each other and show gRPC, however many bytes follow
-- Names in a header block, written out and in Huffman's code.
local WORDS = {
  GRPC, "\29\117\208\98\13\38\61\76\77\101\100", "grpc-status", "\154\202\200\178\18\52\218\143",
}

-- Recognition -----------------------------------------------------------------

local function has_word(block)
  for _, word in ipairs(WORDS) do
    if block:find(word, 1, true) then return true end
  end
  return false
end

local function is_plausible(head)
  return http2.is_valid(head) and head.type <= http2.CONTINUATION and head.size <= LONGEST
end

-- Whether a server may begin so: with SETTINGS, as far as they have come.
local function may_be_settings(raw)
  local head = http2.head(raw:sub(1, HEAD) .. ("\0\0\0\4\0\0\0\0\0"):sub(#raw + 1), 1)
  return head.type == http2.SETTINGS and head.flags == 0 and head.stream == 0 and head.size <= LONGEST_SETTINGS
end

-- Return who begins a connection so, "wait" if that does not show yet, or nil.
function grpc.recognise(raw)
  local preface = http2.PREFACE
  local asks = raw:sub(1, #preface) == preface:sub(1, #raw)
  if not asks and not may_be_settings(raw) then return nil end
  local at = asks and #preface + 1 or 1
  while at + HEAD - 1 <= #raw do
    local head = http2.head(raw, at)
    if not is_plausible(head) then return nil end
    at = at + HEAD
    if head.type == http2.HEADERS then
      local block = raw:sub(at, at + head.size - 1)
      if has_word(block) then return asks and "client" or "broker" end
      return not (#block == head.size and head.ends_headers) and "wait" or nil
    end
    at = at + head.size
  end
  return "wait"
end

-- Whether the frame at a place shows that it is of gRPC.
local function shows(raw, at, head)
  if head.stream % 2 == 0 then return false end
  if head.type == http2.HEADERS then return has_word(raw:sub(at, at + HEAD + head.size - 1)) end
  if head.type ~= http2.DATA or head.size < PREFIX or #raw - at + 1 < HEAD + PREFIX then return false end
  local begin, stop = at + HEAD, at + HEAD + head.size
  if stop <= #raw + 1 then begin, stop = http2.content(raw, at, head) end
  return begin ~= nil and stop - begin >= PREFIX and raw:byte(begin) <= 1
    and begin + PREFIX + bytes.number(raw, begin + 1, 4) == stop
end

local function asks_in(raw, at, head)
  if head.type ~= http2.HEADERS then return nil end
  local begin, stop = http2.content(raw, at, head)
  if not begin then return nil end
  return hpack.asks(raw:sub(begin, stop - 1))
end

-- Return whether frames from a place on show gRPC, and whether their sender asks.
local function signs(raw, at)
  local count, shown, asks = 0, false, nil
  while at + HEAD - 1 <= #raw do
    local head = http2.head(raw, at)
    if not is_plausible(head) then return false end
    shown = shown or shows(raw, at, head)
    if asks == nil then asks = asks_in(raw, at, head) end
    at, count = at + HEAD + head.size, count + 1
    if shown and (count >= ENOUGH or at > #raw) then break end
  end
  return shown, asks
end

local BEGINNING = "\0[\0-\64].[\0\1].[\0-\127]" -- DATA or HEADERS, on any stream

-- Return where in the middle of a stream a frame begins, and who says it, if that shows.
function grpc.find(raw)
  local at = 1
  while at do
    local shown, asks = signs(raw, at)
    if shown then return at, asks and "client" or asks == false and "broker" or nil end
    at = raw:find(BEGINNING, at + 1)
  end
  return nil
end

-- Connections -----------------------------------------------------------------

local Talk = {}
Talk.__index = Talk

local function side()
  return { headers = hpack.reader(), block = {} }
end

function grpc.talk(client, _, connection)
  local talk = { client = client, sides = { side(), side() }, open = {}, closed = {}, over = {}, first = 1 }
  talk.own = "stream " .. connection.stream .. " "
  return setmetatable(talk, Talk)
end

function Talk:close(stream)
  self.open[stream], self.closed[stream] = nil, true
  self.over[#self.over + 1] = stream
  if #self.over - self.first >= MOST_CLOSED then
    self.closed[self.over[self.first]], self.first = nil, self.first + 1
  end
end

function Talk:lose(direction)
  local own = self.sides[direction.side]
  self:flush(direction, own)
  self.sides[direction.side] = { headers = own.headers, block = {}, begun = true, searching = true }
  own.headers:forget()
  for _, call in pairs(self.open) do call.assemblers[direction.side]:lose() end
end

-- Say a packet of a stream whose body ends before a place: that of the connection's bytes at
-- which it begins is known if it travelled so.
function Talk:say(stream, packet, body, body_at, stop, span)
  self.emit({
    packet = packet, call = self.own .. stream, body = body, body_at = body_at, stop = stop, span = span,
  })
end

-- Say what is held that has no message yet.
function Talk:flush(direction, own)
  local group = own.group
  own.group = nil
  local block = group and group.block
  local call = block and self.open[group.stream]
  if call and direction.side == self.client and not call.asked then
    self:ask(group.stream, call, block, block.text, block.at, block.stop, nil, block.span)
  end
end

function Talk:ask(stream, call, block, body, at, stop, text, span)
  call.asked = true
  self:say(stream, grpc_units.request(stream, call, block, body, text), body, at, stop, span)
end

-- Header blocks ---------------------------------------------------------------

-- Return the header block that some frames hold: what it says, and where it is.
local function join_block(direction, own, frames)
  local parts, texts, first = {}, {}, frames[1]
  for index, frame in ipairs(frames) do
    local begin, stop = http2.content(frame.text, 1, frame.head)
    if not begin then error("too much padding") end
    parts[index], texts[index] = frame.text:sub(begin, stop - 1), frame.text
  end
  local data = table.concat(parts)
  if #data > MOST_BLOCK then error("too long") end
  local block = { text = table.concat(texts), at = first.at, ends = first.head.ends_stream }
  block.stop = block.at + #block.text
  block.span = direction:span_before(block.stop)
  block.said, block.names = own.headers:read(data)
  return block
end

function Talk:begin_call(own, stream, block)
  if self.open[stream] then return end
  local said = block.said
  local call = grpc_units.call(said[":path"], true)
  self.open[stream], self.closed[stream] = call, nil
  call.foreign = (said["content-type"] or GRPC):sub(1, #GRPC) ~= GRPC
  if call.foreign then return end
  call.encodings[self.client] = said["grpc-encoding"] or ""
  if block.ends then
    self:ask(stream, call, block, block.text, block.at, block.stop)
  else
    own.group = { stream = stream, block = block }
  end
end

function Talk:answer_call(direction, own, stream, block)
  local call = self.open[stream]
  if not self.client or (call and call.foreign) then return end
  if block.ends then
    if self.closed[stream] then return end
    self:close(stream)
    self:say(stream, grpc_units.ending(stream, block.text, block.said), block.text, block.at, block.stop)
    return
  end
  if not call then
    call = grpc_units.call(nil, false)
    self.open[stream], self.closed[stream] = call, nil
  end
  call.encodings[direction.side] = block.said["grpc-encoding"] or ""
  call.assemblers[direction.side].synced = true
  own.group = { stream = stream, block = block }
end

function Talk:take_block(direction, own, frames)
  local head = frames[1].head
  local read, block = pcall(join_block, direction, own, frames)
  if not read then
    own.headers:forget()
    error("a header block that is malformed")
  end
  if head.type == http2.PUSH_PROMISE then return end
  if not self.client then
    self.client = block.said[":method"] and direction.side or block.said[":status"] and 3 - direction.side or nil
  end
  if direction.side == self.client then
    self:begin_call(own, head.stream, block)
  else
    self:answer_call(direction, own, head.stream, block)
  end
end

-- Messages --------------------------------------------------------------------

function Talk:call_of(stream)
  local call = self.open[stream]
  if not call and self.client and not self.closed[stream] then
    call = grpc_units.call(nil, false)
    self.open[stream] = call
  end
  return call
end

-- Say a message that ends before a place of the connection's bytes.
function Talk:say_message(direction, stream, call, block, raw, at, stop)
  local text = grpc_units.json(raw, call.encodings[direction.side])
  if direction.side ~= self.client then
    self:say(stream, grpc_units.reply(stream, raw, text), raw, at, stop)
  elseif call.asked then
    self:say(stream, grpc_units.message(stream, raw, text), raw, at, stop)
  else
    self:ask(stream, call, block, raw, at, stop, text)
  end
end

function Talk:take_data(direction, own, frame)
  local stream = frame.head.stream
  if own.group and own.group.stream ~= stream then self:flush(direction, own) end
  local call = self:call_of(stream)
  if not call or call.foreign then return self:flush(direction, own) end
  local begin, stop = http2.content(frame.text, 1, frame.head)
  if not begin then error("too much padding") end
  local messages = call.assemblers[direction.side]:feed(frame.text:sub(begin, stop - 1))
  local last
  for _, message in ipairs(messages) do
    local block, size = own.group and own.group.block, message.stop - 1
    own.group, last = nil, size
    local ends = size == stop - begin and #frame.text or begin - 1 + size
    local whole = size >= #message.raw and frame.at + begin - 1 + size - #message.raw or nil
    self:say_message(direction, stream, call, block, message.raw, whole, frame.at + ends)
  end
  if last == stop - begin then return end
  local waits = not frame.head.ends_stream and begin < stop and call.assemblers[direction.side].synced
  if last or waits then
    own.group = own.group or { stream = stream }
  else
    self:flush(direction, own)
  end
end

-- Frames ----------------------------------------------------------------------

function Talk:take_reset(direction, frame)
  local stream = frame.head.stream
  local call, over = self.open[stream], self.closed[stream]
  self:close(stream)
  if over or not self.client or (call and call.foreign) or direction.side == self.client then return end
  local packet = grpc_units.reset(stream, frame.text, bytes.number(frame.text, HEAD + 1, 4))
  self:say(stream, packet, frame.text, frame.at, frame.at + #frame.text)
end

local BLOCKS = { [http2.HEADERS] = true, [http2.PUSH_PROMISE] = true, [http2.CONTINUATION] = true }

-- Take a frame: {head, text, at}, the place at which it begins.
function Talk:frame(direction, own, frame)
  local kind = frame.head.type
  if not http2.is_valid(frame.head) then error("no frame") end
  if (#own.block > 0) ~= (kind == http2.CONTINUATION) then error("another frame") end
  if kind == http2.DATA then return self:take_data(direction, own, frame) end
  self:flush(direction, own)
  if BLOCKS[kind] then
    own.block[#own.block + 1] = frame
    if #own.block > MOST_FRAMES then error("too many frames") end
    if frame.head.ends_headers then
      local frames = own.block
      own.block = {}
      self:take_block(direction, own, frames)
    end
  elseif kind == http2.RST_STREAM then
    self:take_reset(direction, frame)
  end
end

-- Say what is held of a side at its end.
function Talk:finish(direction)
  self:flush(direction, self.sides[direction.side])
end

local function take_preface(raw, at, own)
  local preface, left = http2.PREFACE, #raw - at + 1
  if raw:sub(at, at + #preface - 1) ~= preface:sub(1, left) then
    own.begun = true
    return at
  end
  if left < #preface then return nil, #preface end
  own.begun = true
  return at + #preface
end

-- Look for the next frame after bytes that are missing.
function Talk:search(own, raw, at)
  local place = grpc.find(raw:sub(at))
  own.searching = not place
  return place and at + place - 1 or #raw + 1
end

-- Read what is at a place; return the place after it, or nil and how many bytes it has.
function Talk:take(direction, raw, at)
  local own = self.sides[direction.side]
  if own.rest then return #raw + 1 end
  if own.searching then return self:search(own, raw, at) end
  if not own.begun then
    local after, needed = take_preface(raw, at, own)
    if after ~= at then return after, needed end
  end
  local left = #raw - at + 1
  if left < HEAD then return nil, HEAD end
  local head = http2.head(raw, at)
  local size = HEAD + head.size
  if left < size then return nil, size end
  local frame = { head = head, text = raw:sub(at, at + size - 1), at = direction.base + at - 1 }
  if not pcall(self.frame, self, direction, own, frame) then
    self:flush(direction, own)
    own.rest = true
  end
  return at + size
end

return grpc
