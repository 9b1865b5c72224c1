-- Messages of Socket.IO 5 over Engine.IO 4: events and their acknowledgements.
--
--     4 2 /main, 7 ["sum",[1,2]]      message, EVENT, namespace, number, JSON
--     4 51-["file",{…}]               … with one attachment, a binary message
--
-- Sources: the protocols of Engine.IO, revision 4, and Socket.IO, revision 5.

local gateways = require("nest.gateways")
local json = require("nest.json")

local socketio = {}

local MOST_ATTACHMENTS = 10
local EVENTS, ACKS = { ["2"] = true, ["5"] = true }, { ["3"] = true, ["6"] = true }

-- Return a packet as it stands in a message: {kind, attachments, namespace, number, at},
-- where its JSON begins at `at`; nil for what is none.
function socketio.packet(text, at)
  local kind = text:match("^[0-6]", at)
  if not kind then return nil end
  at = at + 1
  local binary = kind == "5" or kind == "6"
  local attachments = text:match("^(%d+)%-", at)
  if binary ~= (attachments ~= nil) then return nil end
  if attachments then at = at + #attachments + 1 end
  local namespace = text:match("^/[^,%s]*", at)
  if namespace then
    at = at + #namespace
    if text:sub(at, at) == "," then at = at + 1 elseif at <= #text then return nil end
  end
  local number = text:match("^%d*", at)
  at = at + #number
  return {
    kind = kind,
    attachments = tonumber(attachments or "0"),
    namespace = namespace or "/",
    number = number ~= "" and number:gsub("^0+(%d)", "%1") or nil,
    at = at,
  }
end

-- Return the place of the arguments from one on, and how they are shown: several as an array.
local function arguments(text, spans, items, first)
  if #items < first then return nil end
  local span = { spans[first][1], spans[#items][2] }
  local several = #items > first
  return span, several and "[" .. text:sub(span[1], span[2]) .. "]" or nil
end

-- Return the packet of Nest's that a packet is with its JSON, and the name of an event.
local function content_of(packet, text)
  local parsed, value, spans = pcall(json.read, text)
  local items = parsed and type(value) == "table" and value.array
  if not items then return nil end
  local event = EVENTS[packet.kind] or false
  local name = event and type(items[1]) == "string" and items[1] or nil
  if event ~= (name ~= nil) or not (event or packet.number) then return nil end
  local first = event and 2 or 1
  local span, shown = arguments(text, spans, items, first)
  local data = #items > first and { array = { table.unpack(items, first) } } or items[first]
  local found
  if event then
    found = gateways.event(name, data, { pattern = spans[1], data = span }, packet.number)
  else
    found = { kind = "reply", members = { isDisposed = true }, spans = { response = span }, final = true }
    found.named = packet.number
  end
  if shown then found.texts = { data = shown, response = shown } end
  found.namespace = packet.namespace
  return found, name, data
end

-- Return what reads the messages of one connection; `emit` is given the packets. A session
-- is known by what the gateway calls it, on all connections to that gateway.
function socketio.reader(session, gateway, emit)
  local reader, awaited = {}, {}

  local function transfer(side, packet, message, asks, stop)
    local text = message.text:sub(packet.at)
    local found, name, data = content_of(packet, text)
    if not found then return end
    local event = name ~= nil
    local side_asked = (asks == event) and "client" or "gateway"
    emit(side, {
      packet = found,
      session = session,
      key = packet.number and table.concat({ session, packet.namespace, side_asked, packet.number }, " ") or nil,
      asks = asks and event,
      pattern = name,
      data = data,
      cause = name == gateways.EXCEPTION and not asks and gateways.cause_in(data) or nil,
      body = text,
      body_at = message.place and message.place + packet.at - 1,
      stop = stop,
    })
  end

  -- Learn what the gateway calls the session.
  function reader.open(name)
    if name ~= "" then session = gateway .. " " .. name end
  end

  -- An attachment belongs to the packet before it, which the last one completes.
  local function attach(side, asks, stop)
    local waiting = awaited[side]
    if not waiting then return end
    waiting.left = waiting.left - 1
    if waiting.left > 0 then return end
    awaited[side] = nil
    transfer(side, waiting.packet, waiting.message, asks, stop)
  end

  function reader.read(side, message, asks, stop)
    if message.binary then return attach(side, asks, stop) end
    awaited[side] = nil
    local text = message.text
    if text:sub(1, 1) == "0" then reader.open(text:match('"sid":"([^"\\]*)"') or "") end
    if text:sub(1, 1) ~= "4" then return end
    local packet = socketio.packet(text, 2)
    if not packet or not (EVENTS[packet.kind] or ACKS[packet.kind]) then return end
    if packet.attachments > MOST_ATTACHMENTS then return end
    if packet.attachments > 0 then
      awaited[side] = { packet = packet, message = message, left = packet.attachments }
    else
      transfer(side, packet, message, asks, stop)
    end
  end

  -- The attachments of a packet come in another payload, perhaps on another connection.
  function reader.flush(side, asks, stop)
    local waiting = awaited[side]
    awaited[side] = nil
    if waiting then transfer(side, waiting.packet, waiting.message, asks, stop) end
  end

  function reader.lose(side)
    awaited[side] = nil
  end

  return reader
end

return socketio
