-- Messages of Nest's adapter for ws: {"event":"sum","data":[1,2]}, whichever side sends it.
--
-- Source: packages/platform-ws/adapters/ws-adapter.ts.

local gateways = require("nest.gateways")
local json = require("nest.json")

local ws = {}

-- Return what reads the messages of one connection; `emit` is given the packets.
function ws.reader(session, emit)
  local reader = {}

  function reader.read(side, message, asks, stop)
    local parsed, value, spans = pcall(json.read, message.text)
    local members = not message.binary and parsed and type(value) == "table" and value.object
    if not members or type(members.event) ~= "string" then return end
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
