-- Packets of Nest's: what a body says, and how it is shown, whatever carried it.

local calls = require("nest.calls")
local declared = require("nest.declared")
local json = require("nest.json")
local routes = require("nest.routes")

local packets = { seen = false } -- whether any was shown: HTTP alone is nobody's in particular

local fields, experts = declared.fields, declared.experts
local tcp_stream = Field.new("tcp.stream")
local time_epoch = Field.new("frame.time_epoch")

packets.NO_HANDLER = "There is no matching message handler defined in the remote service."
local SHOWN = { "pattern", "data", "metadata", "response", "err", "status" }

local function truthy(value)
  return not (value == nil or value == json.NULL or value == false or value == "" or value == 0)
end

packets.truthy = truthy

-- Return the reply that the members of an object are, with their places.
function packets.reply(members, spans)
  local failed = truthy(members.err)
  return {
    kind = "reply",
    members = members,
    spans = spans,
    id = members.id,
    failed = failed,
    final = truthy(members.isDisposed) or failed,
  }
end

-- Return what a body says, or nil and the expert item that says why not.
function packets.read(body)
  local parsed, value, spans = pcall(json.read, body)
  if not parsed then return nil, experts.invalid end
  local members = type(value) == "table" and value.object
  if not members then return nil, experts.unknown end
  if members.pattern == nil and members.data == nil then
    if members.id == nil then return nil, experts.unknown end
    return packets.reply(members, spans)
  end
  return {
    kind = members.id ~= nil and "request" or "event",
    route = routes.of(members.pattern),
    members = members,
    spans = spans,
    id = members.id,
  }
end

-- Return of a packet that was read what it takes to show it again: its places, no values.
function packets.outline(packet)
  local members = packet.members
  return {
    kind = packet.kind,
    route = packet.route,
    failed = packet.failed,
    named = packet.named,
    namespace = packet.namespace,
    texts = packet.texts,
    spans = packet.spans,
    id = type(packet.id) == "string" and packet.id or nil,
    members = {
      isDisposed = truthy(members.isDisposed) or nil,
      err = members.err == packets.NO_HANDLER and packets.NO_HANDLER or nil,
    },
  }
end

-- Return where the packet that is being dissected is, for calls; `...` names it in there.
function packets.hop(pinfo, ...)
  return {
    place = table.concat({ pinfo.number, ... }, " "),
    number = pinfo.number,
    time = time_epoch().value,
    stream = tcp_stream().value,
  }
end

-- Return a text by which ids are told apart, also those that are no strings.
function packets.id_text(packet, body)
  local span = packet.spans.id
  if not span then return nil end
  return type(packet.id) == "number" and routes.spell_number(packet.id) or body:sub(span[1], span[2])
end

local function show_members(item, tvb, before, body, packet)
  for _, name in ipairs(SHOWN) do
    local span, text = packet.spans[name], packet.texts and packet.texts[name]
    if span then
      local range = tvb(before + span[1] - 1, span[2] - span[1] + 1)
      item:add(fields[name], range, text or body:sub(span[1], span[2]))
    elseif text then -- which is elsewhere, or compressed
      item:add(fields[name], text):set_generated()
    end
  end
  local span = packet.spans.id
  if span then
    local text = body:sub(span[1], span[2])
    local id = type(packet.id) == "string" and packet.id or text
    item:add(fields.id, tvb(before + span[1] - 1, #text), id)
  elseif packet.named then -- by what is around it
    item:add(fields.id, packet.named):set_generated()
  end
end

-- Show what a reply, or the broker in place of one, answers.
function packets.show_request(item, link)
  item:add(fields.route, link.route):set_generated()
  item:add(fields.request_in, link.request):set_generated()
  if link.time then item:add(fields.time, link.time):set_generated() end
  if link.handler_time then item:add(fields.handler_time, link.handler_time):set_generated() end
end

local function show_links(item, place, packet)
  local link = calls.answered_by(place)
  if packet.kind == "reply" then
    item:add(fields.disposed, truthy(packet.members.isDisposed))
  elseif calls.first_reply(place) then
    item:add(fields.response_in, calls.first_reply(place)):set_generated()
  end
  if link then
    packet.route = link.route
    packets.show_request(item, link)
  elseif packet.kind == "reply" then
    item:add_proto_expert_info(experts.orphan)
  end
end

local function show_problems(item, packet)
  if packet.members.err == packets.NO_HANDLER then
    item:add_proto_expert_info(experts.no_handler)
  elseif packet.failed then
    item:add_proto_expert_info(experts.failed)
  end
end

-- Show a packet whose body follows tvb(0, before); return its name in a few words.
-- `way` is "in" towards a broker, "out" from it, and nil where there is no broker.
function packets.show(item, tvb, before, body, packet, place, way)
  packets.seen = true
  item:add(fields.leg, packet.kind == "reply" and "reply" or "request"):set_generated()
  if way then item:add(fields.way, way):set_generated() end
  item:add(fields.kind, packet.kind)
  if packet.kind == "request" or packet.kind == "event" then item:add(fields.route, packet.route) end
  show_members(item, tvb, before, body, packet)
  show_links(item, place, packet)
  show_problems(item, packet)
  local name = packet.kind .. (packet.route and " " .. packet.route or "")
  item:set_text("NestJS Microservices, " .. name)
  return name
end

local labelled = { number = -1 } -- the packet that is being dissected, and what it is called

-- Add some words to the row of the packet; one that holds both protocols is Nest's.
function packets.label(pinfo, protocol, word)
  if labelled.number ~= pinfo.number then labelled = { number = pinfo.number, words = {}, protocol = protocol } end
  local words = labelled.words
  if words[#words] ~= word then words[#words + 1] = word end
  if protocol == "Nest" then labelled.protocol = protocol end
  pinfo.cols.protocol = labelled.protocol
  pinfo.cols.info = table.concat(words, ", ")
end

-- Wait for another segment, and begin with what follows tvb(0, before) then. Asking for
-- the number of bytes that are missing would be quicker, but Wireshark forgets it.
function packets.want_more(pinfo, before)
  pinfo.desegment_offset = before
  -- decision 50
  pinfo.desegment_len = DESEGMENT_ONE_MORE_SEGMENT
end

return packets
