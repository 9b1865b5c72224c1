-- Requests of HTTP as the beginning of what Nest does, and what answers them.
--
-- The first response answers the first request. Once bytes are missing, or if the capture
-- begins in the middle, a response answers the only request that waits; of several nobody
-- knows which.
--
-- Source: RFC 9112.

local calls = require("nest.calls")
local declared = require("nest.declared")
local http = require("nest.http")
local inflate = require("nest.inflate")
local request_texts = require("nest.request_texts")

local requests = { name = "http" }

local LONGEST_HEAD, LONGEST_LINE = 16384, 1024
local MOST = 65536 -- bytes of content that are kept of a message
local METHODS = { GET = 1, HEAD = 1, POST = 1, PUT = 1, PATCH = 1, DELETE = 1, OPTIONS = 1, CONNECT = 1, TRACE = 1, QUERY = 1 }
local MOST_ASKED = 1024

-- Recognition -----------------------------------------------------------------

local function line_at(raw, at)
  local method, target = raw:match("^(%u+) (%S+) HTTP/1%.[01]\r\n", at)
  if method and METHODS[method] then return "client", target end
  if raw:find("^HTTP/1%.[01] [1-5]%d%d[ \r]", at) then return "broker" end
  return nil
end

local function may_begin(raw)
  if raw:find("^HTTP/1%.") or ("HTTP/1."):sub(1, #raw) == raw then return true end
  local word, space = raw:match("^(%u+)( ?)")
  if not word then return false end
  if space == " " or #word < #raw then return space == " " and METHODS[word] ~= nil end
  for method in pairs(METHODS) do
    if method:sub(1, #word) == word then return true end
  end
  return false
end

-- Return who begins a connection so, "wait" if that does not show yet, or nil.
function requests.recognise(raw)
  if not may_begin(raw) then return nil end
  if raw:find("\n", 1, true) then return (line_at(raw, 1)) end
  return #raw < 4096 and "wait" or nil
end

-- Return where in the middle of a stream a message begins, and who says it.
function requests.find(raw)
  local at = 1
  while at do
    local who, target = line_at(raw, at)
    local field = raw:match("^[^\n]*\r\n()", at)
    local plain = who == "broker" or (target and (target:find("^[/*]") or target:find(":%d") or target:find("://")))
    if plain and (raw:find("^[%w_-]+:[^\r\n]*\r\n", field) or raw:find("^\r\n", field)) then return at, who end
    at = raw:find("%u+[ /]", at + 1)
  end
  return nil
end

-- Connections -----------------------------------------------------------------

local Talk = {}
Talk.__index = Talk

function requests.talk(client, _, connection)
  local talk = setmetatable({ client = client, sides = { {}, {} }, asked = {}, numbers = {} }, Talk)
  talk.own = "http " .. connection.stream .. " "
  talk.sure = connection.sides[1].first ~= nil or connection.sides[2].first ~= nil -- by a SYN
  talk.requests, talk.responses, talk.strays = 0, 0, 0
  return talk
end

function Talk:lose(direction)
  self:finish(direction, false)
  if self.sure then self.requests = math.max(self.requests, self.responses) end
  self.sure = self.sure and not self.heard
  if self.pipelines or (direction.side ~= self.client and #self.numbers > 1) then self.asked, self.numbers = {}, {} end
  self.sides[direction.side] = { searching = true }
end

-- Say a packet of a message that is complete, or an event of it, before a place.
function Talk:say(message, packet, stop)
  packet.number = message.key
  self.emit({
    packet = packet, call = self.own .. message.key, request = true,
    body = message.head.text, body_at = message.at, stop = stop,
  })
end

-- Return the content of a message as text; nil if it is not known.
local function content_of(message)
  if message.size > MOST then return nil end
  return inflate.body(table.concat(message.content), message.head.coding)
end

local function packet_of_request(message, broken)
  local head = message.head
  local content = not broken and content_of(message) or nil
  local text, value = request_texts.json(content)
  if not text and content == "" then text = request_texts.query(head) end
  local pattern, path = request_texts.pattern(head, value)
  return {
    kind = "request", method = head.method, path = path, pattern = pattern, route = request_texts.route(pattern),
    data = text, metadata = request_texts.metadata(head),
  }
end

local function packet_of_response(message, broken)
  local content = not broken and content_of(message) or nil
  local text, value = request_texts.json(content)
  local err = request_texts.failure(message.head, text, value)
  return { kind = "reply", status = message.head.status, response = not err and text or nil, err = err, final = true }
end

-- Say a message that is complete, or of which the rest is missing, before a place.
function Talk:complete(own, stop, broken)
  local message = own.message
  own.message = nil
  if message.said then return end
  if message.streams then
    self:say(message, { kind = "reply", status = message.head.status, final = true }, stop)
  else
    self:say(message, (message.head.method and packet_of_request or packet_of_response)(message, broken), stop)
  end
end

-- Say what has come of a message that is not complete; a side that ends completes one without a length.
function Talk:finish(direction, ends)
  local own = self.sides[direction.side]
  if own.message then
    local whole = ends and own.message.mode == "rest"
    self:complete(own, direction.base + direction.size, not whole)
  end
end

-- Say the events that are complete; one that is too long is passed over, up to the empty line after it.
function Talk:keep_events(message, text, stop)
  local content, begin = (message.text or "") .. text, 1
  local after = request_texts.end_of_event(content, begin)
  while after do
    if not message.passes and after - begin <= MOST then
      local value, name = request_texts.event(content:sub(begin, after - 1))
      self:say(message, { kind = "reply", status = message.head.status, response = value, event = name }, stop)
    end
    begin, message.passes = after, false
    after = request_texts.end_of_event(content, begin)
  end
  message.passes = message.passes or #content - begin >= MOST
  message.text = content:sub(message.passes and math.max(begin, #content - 2) or begin)
end

-- Keep some of the content of a message; a request that is too long is said with none of it.
function Talk:keep(own, text, stop)
  local message = own.message
  message.size = message.size + #text
  if message.streams then
    self:keep_events(message, text, stop)
  elseif message.size <= MOST then
    table.insert(message.content, text)
  elseif message.head.method and not message.said then
    self:say(message, packet_of_request(message, true), stop)
    message.said = true
  end
end

-- Heads -----------------------------------------------------------------------

function Talk:ask(message)
  local server = self.sides[3 - self.client]
  self.pipelines = self.pipelines or (self.sure and (#self.numbers > 0 or server.message ~= nil))
  self.requests = self.requests + 1
  message.key = self.requests
  self.asked[message.key] = message.head.method
  table.insert(self.numbers, message.key)
  if #self.numbers > MOST_ASKED then self.asked[table.remove(self.numbers, 1)] = nil end
  message.mode, message.left = message.head.chunked and "chunks" or "length", message.head.length or 0
end

-- Return the number of the request that a response answers, and its method.
function Talk:answered()
  local key = self.numbers[1]
  if self.sure then
    self.responses = self.responses + 1
    if key == self.responses then table.remove(self.numbers, 1) end
    key = self.responses
  elseif #self.numbers == 1 and not self.pipelines then
    table.remove(self.numbers)
  else
    local newest = self.asked[self.numbers[#self.numbers] or 0]
    self.asked, self.numbers, self.strays = {}, {}, self.strays + 1
    return -self.strays, newest
  end
  local method = self.asked[key]
  self.asked[key] = nil
  return key, method
end

function Talk:answer(message)
  local head, method = message.head, nil
  message.key, method = self:answered()
  local switched = head.status == 101 or (method == "CONNECT" and head.status < 300)
  local empty = switched or method == "HEAD" or head.status == 204 or head.status == 304
  message.mode, message.left = "length", head.length or 0
  if empty then
    message.left = 0
  elseif head.chunked then
    message.mode = "chunks"
  elseif not head.length then
    message.mode = "rest"
  end
  local kind = (head.fields["content-type"] or ""):match("^%s*([^;%s]*)"):lower()
  message.streams = not empty and kind == "text/event-stream" and (head.coding == "" or head.coding == "identity")
  if switched then self.switched = true end
end

function Talk:take_head(direction, own, raw, at)
  if raw:sub(at, at + 1) == "\r\n" then return at + 2 end
  local head = http.read(raw, at)
  if head == nil and #raw - at < LONGEST_HEAD then return nil, #raw - at + 2 end
  self.client = self.client or head and (head.method and direction.side or 3 - direction.side) or nil
  if not head or (direction.side == self.client) ~= (head.method ~= nil) then
    own.rest = true
    return #raw + 1
  end
  head.text = raw:sub(at, head.stop - 1)
  local message = { head = head, at = direction.base + at - 1, content = {}, size = 0 }
  if head.status ~= 101 and not head.method and head.status < 200 then return head.stop end
  own.message = message
  if head.method then self:ask(message) else self:answer(message) end
  if message.mode == "length" and message.left == 0 then self:complete(own, direction.base + head.stop - 1) end
  return head.stop
end

-- Bodies ----------------------------------------------------------------------

function Talk:take_chunk(direction, own, raw, at)
  local message = own.message
  if message.trailers then -- fields may follow the last chunk, and an empty line does
    local line_end = raw:find("\r\n", at, true)
    if not line_end then return nil, #raw - at + 2 end
    if line_end == at then self:complete(own, direction.base + at + 1) end
    return line_end + 2
  end
  local digits, begin = raw:match("^(%x+)[^\r\n]*\r?\n()", at)
  if not digits then
    if #raw - at < LONGEST_LINE and raw:find("^%x*[^\n]*$", at) then return nil, #raw - at + 2 end
    self:complete(own, direction.base + at - 1, true)
    own.rest = true
    return #raw + 1
  end
  local size = tonumber(digits:sub(1, 12), 16)
  if size == 0 then
    message.trailers = true
    return begin
  end
  message.left, message.inside = size + 2, true
  return begin
end

-- Take bytes of a body as far as they are there: of a chunk, with the line end after it.
function Talk:take_content(direction, own, raw, at)
  local message = own.message
  if message.mode == "chunks" and not message.inside then return self:take_chunk(direction, own, raw, at) end
  local count = message.mode == "rest" and #raw - at + 1 or math.min(message.left, #raw - at + 1)
  local stop, text = at + count, raw:sub(at, at + count - 1)
  if message.mode ~= "rest" then message.left = message.left - count end
  if message.inside and message.left < 2 then text = text:sub(1, #text - 2 + message.left) end
  self:keep(own, text, direction.base + stop - 1)
  if message.left == 0 and message.mode == "length" then self:complete(own, direction.base + stop - 1) end
  message.inside = message.inside and message.left > 0
  return stop
end

-- Read what is at a place; return the place after it, or nil and how many bytes it has.
function Talk:take(direction, raw, at)
  local own = self.sides[direction.side]
  self.heard = true
  if own.rest or self.switched then return #raw + 1 end
  if own.searching then
    local place = requests.find(raw:sub(at))
    own.searching = not place
    return place and at + place - 1 or #raw + 1
  end
  if own.message then return self:take_content(direction, own, raw, at) end
  return self:take_head(direction, own, raw, at)
end

-- What is shown ---------------------------------------------------------------

local TEXTS = { "method", "path", "pattern", "route", "number", "data", "metadata", "status", "event", "response", "err" }

-- Show a request, or what answers it, that is tvb(before, size) as far as its head goes.
function requests.show(tree, tvb, before, size, packet, place)
  local fields = declared.http_fields
  local item = tree:add(declared.http, tvb(before, size))
  for _, name in ipairs(TEXTS) do
    if packet[name] then item:add(fields[name], packet[name]):set_generated() end
  end
  local link = calls.answered_by(place)
  if packet.kind == "request" and calls.first_reply(place) then
    item:add(fields.response_in, calls.first_reply(place)):set_generated()
  elseif link then
    item:add(fields.route, link.route):set_generated()
    item:add(fields.request_in, link.request):set_generated()
    item:add(fields.time, link.time):set_generated()
  end
  item:set_text("HTTP, as it begins what NestJS does: " .. (packet.pattern or (packet.kind .. " " .. packet.status)))
end

return requests
