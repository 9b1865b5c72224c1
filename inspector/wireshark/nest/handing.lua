-- Connections that begin as those to a broker do, or to a service of gRPC, on whichever port: they
-- are handed to the dissector that Wireshark has for the protocol. Connections to its usual port
-- have that dissector anyway, and those on a port of another dissector keep the other one.

local declared = require("nest.declared")

local handing = {}

local SEGMENTS = 2 -- what TCP lets a dissector of its payload ask for, see epan/packet.c

-- Return the dissector of a name, or else that of the usual port: not all have a name.
local function find(name, port)
  local known, dissector = pcall(Dissector.get, name)
  if known and dissector then return dissector end
  return DissectorTable.get("tcp.port"):get_dissector(port)
end

-- Hand what a carrier recognises to a dissector of Wireshark's; to none without it.
function handing.register(carrier, name, port)
  local dissector, protocol = find(name, port), declared.handing[name]
  if not dissector then return end

  -- One dissector below another could not ask for more segments, which ours does not need.
  -- What is malformed is shown as such, and is an error of Lua's besides.
  function protocol.dissector(tvb, pinfo, tree)
    if pinfo.can_desegment > 0 then pinfo.can_desegment = SEGMENTS end
    local called, taken = pcall(dissector.call, dissector, tvb, pinfo, tree)
    return called and taken or tvb:len()
  end

  protocol:register_heuristic("tcp", function(tvb, pinfo, tree)
    local who = carrier.recognise(tvb:raw())
    if who ~= "client" and who ~= "broker" then return false end
    pinfo.conversation = protocol
    protocol.dissector(tvb, pinfo, tree)
    return true
  end)
end

return handing
