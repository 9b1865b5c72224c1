-- Over WebSocket: HTTP first, then frames; and Engine.IO's polling, which is HTTP alone.
--
--     GET … Upgrade: websocket ─► 101, then frames
--     POST …EIO=4&sid=…  42["log",1] ␞ 42["log",2]   ─► ok
--     GET  …EIO=4&sid=…                              ─► 42["news",2]
--
-- A response answers the oldest request of its connection that has none.
--
-- Sources: RFC 9112; RFC 6455; the protocol of Engine.IO, revision 4.

local frames = require("nest.frames")
local http = require("nest.http")
local inflate = require("nest.inflate")
local socketio = require("nest.socketio")
local ws = require("nest.ws")

local websocket = { name = "ws" }

local LONGEST_HEAD, LONGEST_LINE = 16384, 1024
local MOST_BODY = 67108864
local SEPARATOR, BINARY = "\30", "b"
local SHOWN = 128 -- bytes of a text by which it is recognised

-- Recognition -----------------------------------------------------------------

-- Whether the text of a frame, or of a payload, begins as those of Socket.IO do.
local function is_packet(text)
  local packet = text:sub(1, 1) == "4" and socketio.packet(text, 2)
  return packet and packet.kind ~= "0" and text:sub(packet.at, packet.at) == "[" or false
end

-- Whether the text of a frame begins as those of Nest's adapter for ws do, and not Pusher's.
local function is_event(text)
  local rest = text:match('^{"event":%s*(.*)$')
  if not rest or rest:find('^"pusher:') or rest:find('^"pusher_internal:') then return false end
  return not rest:find('^"[^"]*"%s*,%s*"channel"')
end

-- Judge a response by what the gateway says first after its head.
local function judge_response(raw)
  local head = http.read(raw, 1)
  if head == nil then return #raw < LONGEST_HEAD and "wait" or nil end
  if not head or head.foreign then return nil end
  local rest, text = raw:sub(head.stop), nil
  if head.status == 200 then
    text = rest
  elseif head.status == 101 and head.upgrades then
    local frame = frames.head(rest, 1)
    if frame == nil then return "wait" end
    text = frame and rest:sub(frame.size + 1, frame.size + math.min(frame.length, SHOWN)) or ""
  end
  if not text then return nil end
  local engine = text:sub(1, 6) == '0{"sid' or is_packet(text)
  if text == "" then return "wait" end
  if not engine and head.status == 200 then return nil end
  return "broker", engine
end

-- Return who begins a connection so, "wait" if that does not show yet, or nil; and whether
-- it is Engine.IO.
function websocket.recognise(raw)
  if not http.may_begin(raw, 1) then return nil end
  if raw:find("^HTTP") then return judge_response(raw) end
  local line = raw:match("^(%u+ %S+ HTTP/1%.1)\r?\n")
  if not line then return not raw:find("\n", 1, true) and #raw < LONGEST_HEAD and "wait" or nil end
  local target = line:match(" (%S+) ")
  local revision = http.parameter(target, "EIO")
  if revision then return revision == "4" and "client" or nil, true end
  if target:find("^/app/[^/?]+%?") and http.parameter(target, "protocol") then return nil end -- Pusher
  local head = http.read(raw, 1)
  if head == nil then return #raw < LONGEST_HEAD and raw:find("^GET ") and "wait" or nil end
  return head and head.upgrades and not head.foreign and "client" or nil, false
end

-- Return where in the middle of a stream a frame or a request is read, who says it, and
-- whether it is Engine.IO.
function websocket.find(raw)
  local who, engine = websocket.recognise(raw)
  if who and who ~= "wait" and engine then return 1, who, true end
  local place = raw:find("[\1\129]")
  while place do
    local head = frames.head(raw, place)
    if head then
      local begin = place + head.size
      local text = frames.unmasked(raw:sub(begin, begin + math.min(head.length, SHOWN) - 1), head.mask)
      local next_at = begin + head.length
      local chains = next_at > #raw or frames.head(raw, next_at) ~= false
      local plain, packet = is_event(text), #text >= 4 and is_packet(text)
      if chains and (plain or packet) then return place, head.mask and "client" or "broker", packet end
    end
    place = raw:find("[\1\129]", place + 1)
  end
  return nil
end

-- Connections -----------------------------------------------------------------

local Talk = {}
Talk.__index = Talk

function websocket.talk(client, engine, connection)
  local talk = setmetatable({ client = client, engine = engine, modes = { "open", "open" } }, Talk)
  talk.name = engine and "socketio" or "ws"
  talk.wanted, talk.chunks, talk.searching = {}, {}, {}
  talk.asked, talk.posted, talk.answered = {}, {}, {}
  talk.add, talk.forget = {}, {}
  for side = 1, 2 do talk.add[side], talk.forget[side] = frames.assembler() end
  local function emit(_, message)
    talk.emit(message)
  end
  local own = "stream " .. connection.stream
  if engine then
    talk.reader = socketio.reader(own, connection.addresses[client and 3 - client or 2], emit)
  else
    talk.reader = ws.reader(own, emit)
  end
  return talk
end

function Talk:lose(direction)
  local side = direction.side
  self.forget[side]()
  self.reader.lose(side)
  self.searching[side], self.asked = true, {}
end

local function request_of(head, engine)
  return {
    engine = engine and http.parameter(head.target, "EIO") ~= nil,
    session = http.parameter(head.target, "sid") or "",
    bodiless = head.method == "HEAD",
  }
end

-- Say what comes after the head of a message.
function Talk:expect(side, head, length)
  self.coding = head.coding
  if head.chunked and length ~= 0 then
    self.modes[side], self.chunks[side] = "chunks", {}
  elseif not length then
    self.modes[side] = "rest"
  elseif length > 0 then
    self.modes[side], self.wanted[side] = "body", length
  end
end

function Talk:request(side, head)
  self.client = self.client or side
  self.posted = request_of(head, self.engine)
  table.insert(self.asked, self.posted)
  if #self.asked > 64 then table.remove(self.asked, 1) end
  self:expect(side, head, head.chunked and 1 or head.length or 0)
end

function Talk:response(side, head)
  self.client = self.client or 3 - side
  if head.status ~= 101 and head.status < 200 then return end
  local asked = table.remove(self.asked, 1) or { engine = self.engine, session = "" }
  self.answered, self.failed = asked, head.status >= 400
  if head.status == 101 then
    self.modes[side] = "frames"
    if self.engine then self.reader.open(asked.session) end
    return
  end
  local empty = head.status == 204 or head.status == 304 or asked.bodiless
  self:expect(side, head, empty and 0 or head.chunked and 1 or head.length)
end

-- Take the packets in the body of an HTTP message, which begins at `place` if it travelled so.
function Talk:body(side, text, place, stop)
  local asks = side == self.client
  local asked = asks and self.posted or self.answered
  if not asked.engine or not self.engine or not asks and self.failed then return end
  local coding = asks and "" or self.coding
  local plain = inflate.body(text, coding)
  if not plain or plain == "ok" and not asks then return end
  if coding ~= "" then place = nil end
  self.reader.open(asked.session)
  for at, part in (plain .. SEPARATOR):gmatch("()([^\30]*)\30") do
    local binary = part:sub(1, 1) == BINARY
    self.reader.read(side, { text = part, binary = binary, place = place and place + at - 1 }, asks, stop)
  end
  self.reader.flush(side, asks, stop)
end

function Talk:take_chunk(direction, raw, at)
  local side = direction.side
  local digits, line_end = raw:match("^(%x+)[^\r\n]*\r\n()", at)
  if not digits then
    if #raw - at < LONGEST_LINE and raw:find("^%x*[^\n]*$", at) then return nil, #raw - at + 2 end
    self.modes[side] = "rest"
    return #raw + 1
  end
  local size = tonumber(digits:sub(1, 8), 16)
  if size > MOST_BODY then self.modes[side] = "rest" return #raw + 1 end
  if #raw < line_end + size + 1 then return nil, line_end + size + 2 - at end
  local stop = line_end + size + 2
  if size > 0 then
    table.insert(self.chunks[side], raw:sub(line_end, line_end + size - 1))
    return stop
  end
  self.modes[side] = "open"
  self:body(side, table.concat(self.chunks[side]), nil, direction.base + stop - 1)
  return stop
end

function Talk:take_head(direction, raw, at)
  local head, side = http.read(raw, at), direction.side
  if head == nil and #raw - at < LONGEST_HEAD then return nil, #raw - at + 2 end
  if not head then
    self.modes[side] = "rest"
    return #raw + 1
  end
  if head.method then self:request(side, head) else self:response(side, head) end
  return head.stop
end

function Talk:take_frame(direction, raw, at)
  local side, head = direction.side, frames.head(raw, at)
  if head == nil then return nil, #raw - at + 2 end
  if not head then
    self.modes[side] = "rest"
    return #raw + 1
  end
  local begin, stop = at + head.size, at + head.size + head.length
  if #raw < stop - 1 then return nil, stop - at end
  self.modes[side] = "frames"
  self.client = self.client or (head.mask and side or 3 - side)
  local payload = frames.unmasked(raw:sub(begin, stop - 1), head.mask)
  local message = self.add[side](head, payload, direction.base + begin - 1)
  if message then self.reader.read(side, message, side == self.client, direction.base + stop - 1) end
  return stop
end

-- Read what is at a place; return the place after it, or nil and how many bytes it has.
function Talk:take(direction, raw, at)
  local side = direction.side
  if self.searching[side] then
    local place = websocket.find(raw:sub(at))
    if not place then return #raw + 1 end
    self.searching[side], self.modes[side] = false, "open"
    return at + place - 1
  end
  local mode = self.modes[side]
  if mode == "rest" then return #raw + 1 end
  if mode == "chunks" then return self:take_chunk(direction, raw, at) end
  if mode == "open" and http.may_begin(raw, at) then return self:take_head(direction, raw, at) end
  if mode ~= "body" then return self:take_frame(direction, raw, at) end
  local size = self.wanted[side]
  if size > MOST_BODY then self.modes[side] = "open" return at + size end
  if #raw - at + 1 < size then return nil, size end
  self.modes[side] = "open"
  self:body(side, raw:sub(at, at + size - 1), direction.base + at - 1, direction.base + at + size - 1)
  return at + size
end

return websocket
