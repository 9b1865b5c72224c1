-- Gateways: which acknowledgement, or which exception, answers which event of a session.
--
--     427["sum",[1,2]]  ◄─  437[3]                                      by its number
--     {"event":"sum",…} ◄─  {"event":"exception","data":{"cause":…}}    by what it repeats
--
-- An event waits a second for an exception that repeats it, one with a number longer.
--
-- Source: packages/websockets/exceptions/base-ws-exception-filter.ts.

local calls = require("nest.calls")
local json = require("nest.json")
local routes = require("nest.routes")

local gateways = {}

local HELD = 1 -- seconds
local MOST_OPEN = 64 -- events of one pattern of a session

local sessions = {} -- name of a session → pattern → events that an exception may repeat
local early = {} -- key → an acknowledgement whose event is read later, after a loss

gateways.EXCEPTION = "exception"

function gateways.forget()
  sessions, early = {}, {}
end

local function same(left, right)
  if type(left) ~= "table" or type(right) ~= "table" then return left == right end
  local one, other = left.object or left.array, right.object or right.array
  if not one or not other or (left.object == nil) ~= (right.object == nil) then return left == right end
  for key, value in pairs(one) do
    if not same(value, other[key]) then return false end
  end
  for key in pairs(other) do
    if one[key] == nil then return false end
  end
  return true
end

-- Return what an exception says that it is about: {pattern, data}; nil if it does not.
function gateways.cause_in(data)
  local cause = type(data) == "table" and data.object and data.object.cause
  local members = type(cause) == "table" and cause.object
  if not members or type(members.pattern) ~= "string" then return nil end
  return { pattern = members.pattern, data = members.data }
end

local function remember(session, message, hop)
  sessions[session] = sessions[session] or {}
  local known = sessions[session]
  known[message.pattern] = known[message.pattern] or {}
  local events = known[message.pattern]
  events[#events + 1] = {
    data = message.data, hop = hop, key = message.key, number = message.packet.named, route = message.packet.route,
    time = hop.time:tonumber(),
  }
  if #events > MOST_OPEN then table.remove(events, 1) end
end

-- Take the oldest event of a session that an exception repeats; nil without one.
local function blamed(session, cause, time)
  local events = (sessions[session] or {})[cause.pattern] or {}
  for index, event in ipairs(events) do
    local waits = calls.awaits(event.key, event.hop) or (not event.key and event.time + HELD >= time)
    if waits and same(event.data, cause.data) then return table.remove(events, index) end
  end
  return nil
end

-- Turn an exception into the reply that it is, to an event with a number or without one.
local function fail(packet, number)
  packet.kind, packet.failed, packet.final, packet.named = "reply", true, true, number
  packet.members = { err = packet.data, isDisposed = true }
  packet.spans = { err = packet.spans.data }
end

-- Join a packet of a session with what it answers, or let it wait for an answer.
-- A message is {packet, session, key, asks, pattern, data, cause}: `key` names what it and
-- its acknowledgement have in common, `asks` says that the client sends it.
function gateways.join(message, hop)
  local packet = message.packet
  if packet.kind == "reply" then
    if not calls.reply(message.key, hop, true) then early[message.key] = hop end
    return
  end
  local event = message.cause and blamed(message.session, message.cause, hop.time:tonumber())
  if event then
    fail(packet, event.number)
    calls.answer_to(event, hop)
    return
  end
  local answered = message.key and early[message.key]
  if answered and answered.number > hop.number then
    calls.answer_to({ hop = hop, route = packet.route }, answered)
    early[message.key] = nil
    return
  end
  if message.key then calls.ask(message.key, hop, packet.route) end
  if message.asks then remember(message.session, message, hop) end
end

-- Return the packet that an event is: its name, the value of its data, and their places.
function gateways.event(name, data, spans, number)
  return {
    kind = number and "request" or "event",
    route = routes.of(name),
    members = {},
    spans = spans,
    data = data == nil and json.NULL or data,
    named = number,
  }
end

return gateways
