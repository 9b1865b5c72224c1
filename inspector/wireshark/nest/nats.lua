-- Over NATS: connections to a broker, their control lines, and the packets in messages.

local calls = require("nest.calls")
local declared = require("nest.declared")
local json = require("nest.json")
local lines = require("nest.lines")
local packets = require("nest.packets")

local nats = {}

local fields, experts = declared.nats_fields, declared.nats_experts

local WAYS = { PUB = "in", HPUB = "in", MSG = "out", HMSG = "out" }
local NUMBERS = { size = true, header_size = true }
local NOBODY = 503 -- the broker's status for a request that nobody has subscribed to
local REPLY_KEYS = { "response", "err", "isDisposed" }

-- Keys of CONNECT whose values no field shows; the server reads them in any case.
local SECRETS = { pass = true, auth_token = true, jwt = true, sig = true }
local HIDDEN = '"(hidden)"'

-- Options --------------------------------------------------------------------

-- Return the options of CONNECT or INFO as JSON, without secrets; nil if they are not JSON.
local function shown_options(text)
  local parsed, value, spans = pcall(json.read, text)
  if not parsed or type(value) ~= "table" or not value.object then return nil end
  local keys, members = {}, {}
  for key in pairs(spans) do keys[#keys + 1] = key end
  table.sort(keys, function(left, right) return spans[left][1] < spans[right][1] end)
  for _, key in ipairs(keys) do
    local hidden = SECRETS[key:lower()]
    members[#members + 1] = ('"%s":%s'):format(key, hidden and HIDDEN or text:sub(spans[key][1], spans[key][2]))
  end
  return "{" .. table.concat(members, ",") .. "}"
end

-- Units ----------------------------------------------------------------------

-- Options have no range: a field shows its bytes in PDML, and secrets with them.
local function show_argument(item, tvb, argument)
  local field, text = fields[argument.name], argument.text
  if argument.name == "options" then
    local shown = shown_options(text)
    if shown then item:add(field, shown) end
  else
    item:add(field, tvb(argument.at - 1, #text), NUMBERS[argument.name] and tonumber(text) or text)
  end
end

-- Show the headers of a message; return the status that the broker gives in them.
local function show_headers(item, tvb, raw, unit)
  if unit.header_size == 0 then return nil end
  local status, description, headers = lines.headers(raw, unit)
  if status then
    local shown = item:add(fields.status, tvb(unit.payload_at - 1, unit.header_size), status)
    if description ~= "" then shown:append_text(" (" .. description .. ")") end
  end
  for _, header in ipairs(headers) do
    item:add(fields.header, tvb(header.at - 1, #header.text), header.text)
  end
  return status
end

-- Return what a message says if it is a packet of Nest's: other programs use NATS too.
local function nest_packet(unit, body)
  local packet = packets.read(body)
  if not packet then return nil end
  if packet.kind ~= "reply" then return packet.members.pattern ~= nil and packet or nil end
  if calls.expects(unit.subject) then return packet end
  for _, key in ipairs(REPLY_KEYS) do
    if packet.members[key] ~= nil then return packet end
  end
  return nil
end

local function remember(pinfo, unit, packet, hop)
  if pinfo.visited or packet.kind == "event" then return end
  local way = WAYS[unit.verb]
  if packet.kind == "reply" then
    (way == "in" and calls.publish_reply or calls.deliver_reply)(unit.subject, hop)
  elseif unit.reply_to then
    (way == "in" and calls.publish_request or calls.deliver_request)(unit.reply_to, hop, packet.route)
  end
end

local function show_packet(tvb, pinfo, tree, unit, body, packet)
  local before, way = unit.stop - 3 - #body, WAYS[unit.verb]
  local inbox = packet.kind == "reply" and unit.subject or unit.reply_to
  local hop = packets.hop(pinfo, packet.kind, way, inbox)
  remember(pinfo, unit, packet, hop)
  local item = tree:add(declared.nest, tvb(before, #body))
  item:add(declared.fields.carrier, "nats"):set_generated()
  item:add(declared.fields.channel, unit.subject):set_generated()
  local name = packets.show(item, tvb, before, body, packet, hop.place, way)
  packets.label(pinfo, "Nest", way .. ": " .. name)
end

-- The broker answers a request in place of a handler: nobody has subscribed.
local function show_nobody(pinfo, item, unit)
  local hop = packets.hop(pinfo, "nobody", unit.subject)
  if not pinfo.visited then calls.deliver_reply(unit.subject, hop) end
  local link = calls.answered_by(hop.place)
  if link then packets.show_request(item, link) end
  item:add_proto_expert_info(experts.nobody)
end

-- Return a unit in a few words.
local function name_of(unit, status)
  return table.concat({ unit.verb, status or unit.subject or unit.error or unit.sid }, " ")
end

-- Show what a complete unit says but for its body; return its item and its name.
local function show_unit(tvb, pinfo, tree, raw, unit)
  local item = tree:add(declared.nats, tvb(unit.at - 1, unit.stop - unit.at))
  item:add(fields.verb, tvb(unit.at - 1, #unit.verb), unit.verb)
  for _, argument in ipairs(unit.arguments) do show_argument(item, tvb, argument) end
  local status = unit.payload_at and show_headers(item, tvb, raw, unit)
  if status == NOBODY and unit.verb == "HMSG" then show_nobody(pinfo, item, unit) end
  if unit.error then item:add_proto_expert_info(experts.broker) end
  local name = name_of(unit, status)
  item:set_text("NATS, " .. name)
  return item, name
end

local function show(tvb, pinfo, tree, raw, unit)
  local item, name = show_unit(tvb, pinfo, tree, raw, unit)
  local start = unit.payload_at and unit.payload_at + unit.header_size
  local body = start and raw:sub(start, unit.stop - 3) or ""
  local packet = body ~= "" and nest_packet(unit, body)
  if packet then
    show_packet(tvb, pinfo, tree, unit, body, packet)
    return
  end
  if body ~= "" then item:add(fields.payload, tvb(start - 1, #body)) end
  packets.label(pinfo, "NATS", name)
end

-- Connections ----------------------------------------------------------------

local function show_unreadable(tvb, pinfo, tree, before, size, illegal)
  local item = tree:add(declared.nats, tvb(before, size))
  item:add_proto_expert_info(illegal and experts.illegal or experts.unreadable)
  packets.label(pinfo, "NATS", illegal and "[wrong arguments]" or "[not a control line]")
end

-- Return the unit at a place; nil, whether it is not complete yet, and whether its
-- arguments are wrong.
local function unit_at(raw, at, size)
  local unit, more, illegal = lines.read(raw, at)
  if not unit then return nil, more, illegal end
  if unit.stop > size + 1 then return nil, lines.ends(raw, unit) end
  if not lines.ends(raw, unit) then return nil, false end
  return unit
end

local LINE = 4096 -- bytes in which a control line before a payload ends

-- Whether a first unit is too long to be complete: decided without a look at all of it.
local function surely_incomplete(tvb)
  local size = tvb:len()
  if size < LINE then return false end
  local unit = lines.read(tvb:raw(0, LINE), 1)
  return unit ~= nil and unit.stop > size + 1
end

function nats.dissect(tvb, pinfo, tree)
  local size, at = tvb:len(), 1
  if pinfo.can_desegment > 0 and surely_incomplete(tvb) then
    packets.want_more(pinfo, 0)
    return size
  end
  local raw = tvb:raw()
  while at <= size do
    local unit, more, illegal = unit_at(raw, at, size)
    if unit then
      show(tvb, pinfo, tree, raw, unit)
      at = unit.stop
    elseif more and pinfo.can_desegment > 0 then
      packets.want_more(pinfo, at - 1)
      return size
    else
      local next_at = lines.find(raw, at) or size + 1
      show_unreadable(tvb, pinfo, tree, at - 1, next_at - at, illegal)
      at = next_at
    end
  end
  return size
end

local BEGINNINGS = { "INFO {", "CONNECT {" }

-- Whether bytes are the beginning of a connection, or a piece of that.
local function begins_connection(raw)
  for _, beginning in ipairs(BEGINNINGS) do
    if raw:sub(1, #beginning):upper() == beginning then return true, false end
    if #raw > 1 and raw == beginning:sub(1, #raw) then return true, true end
  end
  return false
end

-- Whether bytes from the middle of a connection hold a unit that no other protocol has:
-- a message anywhere, a subscription where they begin.
local function holds_unit(raw)
  local unit = lines.read(raw, 1)
  if unit and unit.sid and unit.sid:find("^%d+$") and not unit.payload_at then return true end
  local at = 1
  while at do
    unit = lines.read(raw, at)
    if unit and unit.payload_at and lines.ends(raw, unit) then return true end
    at = lines.find(raw, at)
  end
  return false
end

-- INFO alone does not make a connection ours: TLS may follow, which is read by others.
function nats.recognise(tvb, pinfo, tree)
  local raw = tvb:raw()
  local begins, cut = begins_connection(raw)
  if cut and pinfo.can_desegment > 0 then
    packets.want_more(pinfo, 0)
    return true
  end
  if not (begins or holds_unit(raw)) then return false end
  if not raw:find("^[Ii]") then pinfo.conversation = declared.nats end
  nats.dissect(tvb, pinfo, tree)
  return true
end

return nats
