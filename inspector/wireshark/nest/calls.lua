-- Calls: which reply answers which request, and what Wireshark links therefore.
--
-- Over TCP a connection and an id name a call, and at a gateway a session and a number.
-- Over a broker it is what both packets have in common, on all connections: over NATS the
-- inbox, the subject to which the reply goes, else a correlation or the id.
--
--     caller ── request in ──► broker ── request out ──► handler
--     caller ◄── reply out ─── broker ◄── reply in ───── handler
--
-- Packets are read in order once; what was found then is looked up by *place*, a text
-- that names a packet of Nest's among all of the capture.

local calls = {}

local waiting = {} -- name of a call over TCP → its requests, in order
local inboxes = {} -- inbox → the call whose replies go there
local links = {} -- place of a reply → the request that it answers, and how long that took
local answers = {} -- place of a request → the packet of its first reply

function calls.forget()
  waiting, inboxes, links, answers = {}, {}, {}, {}
end

-- Return what a reply at a place answers: {route, request = packet number, time,
-- handler_time}; nil without a request.
function calls.answered_by(place)
  return links[place]
end

-- Return the number of the packet with the first reply to a request at a place.
function calls.first_reply(place)
  return answers[place]
end

local function answer(request, number)
  if request then answers[request.place] = answers[request.place] or number end
end

-- Between two ends ------------------------------------------------------------
-- A hop is {place, number, time, stream}: where a packet of Nest's is, and when.

function calls.ask(name, hop, route)
  waiting[name] = waiting[name] or {}
  table.insert(waiting[name], { hop = hop, route = route })
end

-- Return whether a request waits for a reply, which is linked then.
function calls.reply(name, hop, final)
  local asked = waiting[name]
  if not asked or #asked == 0 then return false end
  local call = asked[1]
  links[hop.place] = { route = call.route, request = call.hop.number, time = hop.time - call.hop.time }
  answer(call.hop, hop.number)
  if final then
    table.remove(asked, 1)
    if #asked == 0 then waiting[name] = nil end
  end
  return true
end

-- Learn of a further message of a call that waits.
function calls.go_on(name, hop)
  local call = waiting[name] and waiting[name][1]
  if call then links[hop.place] = { route = call.route, request = call.hop.number } end
end

-- Whether a call waits for its reply.
function calls.awaits(name, hop)
  for _, call in ipairs(name and waiting[name] or {}) do
    if call.hop == hop then return true end
  end
  return false
end

-- Learn that something else than a reply answers an event, or a call: {key, hop, route}.
function calls.answer_to(event, hop)
  links[hop.place] = { route = event.route, request = event.hop.number, time = hop.time - event.hop.time }
  answer(event.hop, hop.number)
  local asked = waiting[event.key or ""] or {}
  for index, call in ipairs(asked) do
    if call.hop == event.hop then table.remove(asked, index) break end
  end
end

-- Over a broker ---------------------------------------------------------------
-- Of a call: asked, the hop of the request to the broker; delivered, by stream the hops
-- of the request from it; first, the first of those.

-- Whether a request was seen whose replies go to a subject.
function calls.expects(subject)
  return inboxes[subject] ~= nil
end

-- An inbox that is used again belongs to the later call.
function calls.publish_request(inbox, hop, route)
  local call = inboxes[inbox]
  if not call or call.asked then
    call = { route = route, delivered = {} }
    inboxes[inbox] = call
  end
  call.asked = hop
end

function calls.deliver_request(inbox, hop, route)
  local call = inboxes[inbox] or { route = route, delivered = {} }
  inboxes[inbox] = call
  call.delivered[hop.stream] = call.delivered[hop.stream] or hop
  call.first = call.first or hop
end

-- Return the delivery that a handler had on another connection than it answers on: the only
-- one, as after a restart; or if it has two connections, that on the other one of its address
-- that was opened at about the same time.
local function elsewhere(delivered, hop)
  local first = next(delivered)
  if first and next(delivered, first) == nil then return delivered[first] end
  if not hop.dual then return nil end
  local found, distance
  for stream, each in pairs(delivered) do
    local away = math.abs(stream - hop.stream) * 2 + (stream < hop.stream and 0 or 1)
    if each.host == hop.host and (not found or away < distance) then found, distance = each, away end
  end
  return found
end

-- From a handler, to the broker: it answers what was delivered on this connection, or on
-- another one of its own.
-- decision 129
function calls.publish_reply(inbox, hop)
  local call = inboxes[inbox]
  if not call then return end
  local delivered = call.delivered[hop.stream] or elsewhere(call.delivered, hop)
  local request = delivered or call.asked or call.first
  local link = { route = call.route, request = request.number }
  if delivered then
    link.handler_time = hop.time - delivered.time
    if not call.asked then link.time = link.handler_time end
    answer(delivered, hop.number)
  end
  links[hop.place] = link
end

-- From the broker, to the caller: it answers what was asked.
function calls.deliver_reply(inbox, hop)
  local call = inboxes[inbox]
  if not call then return end
  local request = call.asked or call.first
  links[hop.place] = {
    route = call.route,
    request = request.number,
    time = call.asked and hop.time - call.asked.time,
  }
  answer(call.asked, hop.number)
end

return calls
