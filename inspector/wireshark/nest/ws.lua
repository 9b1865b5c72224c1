-- Messages of Nest's adapter for ws: {"event":"sum","data":[1,2]}, whichever side sends it.
--
-- Others write events too: those of Pusher's protocol are named pusher:…, or have a channel
-- and data that is JSON in a string; those of exchanges have other keys instead of data.
--
-- Sources: packages/platform-ws/adapters/ws-adapter.ts;
-- https://pusher.com/docs/channels/library_auth_reference/pusher-websockets-protocol/

local gateways = require("nest.gateways")
local json = require("nest.json")

local ws = {}

local PUSHED = { event = true, channel = true, data = true, user_id = true }

local function is_pushers(members, asks)
  local name, data = members.event, members.data
  if name:find("^pusher:") or name:find("^pusher_internal:") then return true end
  if type(members.channel) ~= "string" then return false end
  if asks then return name:find("^client%-") ~= nil end
  for key in pairs(members) do
    if not PUSHED[key] then return false end
  end
  return type(data) == "string" and (pcall(json.read, data))
end

-- Return a function that says whether an event of one connection may be Nest's, by what has
-- passed on it so far.
local function judge()
  local foreign, certain, doubtful = false, false, false
  return function(members, asks)
    local sure = certain
    foreign = foreign or is_pushers(members, asks)
    certain = sure or (not foreign and members.data ~= nil)
    if foreign or certain then return not foreign end
    local first = next(members)
    doubtful = doubtful or (not asks and next(members, first) ~= nil)
    return not doubtful
  end
end

-- Return what reads the messages of one connection; `emit` is given the packets.
function ws.reader(session, emit)
  local reader, is_nest = {}, judge()

  function reader.read(side, message, asks, stop)
    local parsed, value, spans = pcall(json.read, message.text)
    local members = not message.binary and parsed and type(value) == "table" and value.object
    if not members or type(members.event) ~= "string" then return end
    if not is_nest(members, asks) then return end
    local name, data = members.event, members.data
    local packet = gateways.event(name, data, { pattern = spans.event, data = spans.data }, nil)
    local cause = name == gateways.EXCEPTION and not asks and gateways.cause_in(data) or nil
    emit(side, {
      packet = packet,
      session = session,
      asks = asks,
      pattern = name,
      data = data,
      cause = cause,
      body = message.text,
      body_at = message.place,
      stop = stop,
    })
  end

  function reader.lose() end

  return reader
end

return ws
