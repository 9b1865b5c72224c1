-- Wireshark dissector for the TCP protocol of NestJS microservices.
--
--     length#json        the length counts UTF-16 code units, the JSON is UTF-8
--
-- Install: copy this file into the folder of personal Lua plugins that
-- Help > About Wireshark > Folders names, or try it once:
--     tshark -X lua_script:nest.lua -r capture.pcap -Y nest
-- Filter:  nest.route == "sum"   nest.kind == "event"   nest.time > 0.1   nest.err
--
-- Connections are recognised by what they carry, on any port; where another
-- dissector owns a port, name it in the preference "nest.ports".
--
-- Written by protocol-inspect for Wireshark 3.6 and later (Lua 5.2 to 5.4).
-- Source: packages/microservices/helpers/json-socket.ts of nestjs/nest.

local nest = Proto("nest", "NestJS Microservices")

local MAX_DEPTH, MAX_KEYS = 5, 20 -- of a route: Nest 11.1.15 and later
local NO_HANDLER = "There is no matching message handler defined in the remote service."

local fields = {
  kind = ProtoField.string("nest.kind", "Kind"),
  route = ProtoField.string("nest.route", "Route"),
  pattern = ProtoField.string("nest.pattern", "Pattern"),
  id = ProtoField.string("nest.id", "Id"),
  data = ProtoField.string("nest.data", "Data"),
  metadata = ProtoField.string("nest.metadata", "Metadata"),
  response = ProtoField.string("nest.response", "Response"),
  err = ProtoField.string("nest.err", "Error"),
  status = ProtoField.string("nest.status", "Status"),
  disposed = ProtoField.bool("nest.is_disposed", "Last reply"),
  length = ProtoField.uint32("nest.length", "Length in UTF-16 code units", base.DEC),
  size = ProtoField.uint32("nest.size", "Bytes of the frame", base.DEC),
  request_in = ProtoField.framenum("nest.request_in", "Request in", base.NONE, frametype.REQUEST),
  response_in = ProtoField.framenum("nest.response_in", "First reply in", base.NONE, frametype.RESPONSE),
  time = ProtoField.relative_time("nest.time", "Time since the request"),
}

local experts = {
  corrupted = ProtoExpert.new("nest.corrupted_length", "Corrupted length: Nest closes the connection",
    expert.group.MALFORMED, expert.severity.ERROR),
  invalid = ProtoExpert.new("nest.invalid_json", "The body is not JSON: Nest closes the connection",
    expert.group.MALFORMED, expert.severity.ERROR),
  bytes = ProtoExpert.new("nest.length_in_bytes", "The length counts UTF-8 bytes; Nest counts UTF-16 units",
    expert.group.PROTOCOL, expert.severity.ERROR),
  unknown = ProtoExpert.new("nest.unknown_packet", "JSON that is not a packet of Nest's",
    expert.group.PROTOCOL, expert.severity.NOTE),
  no_handler = ProtoExpert.new("nest.no_handler", "No handler of the service matches",
    expert.group.RESPONSE_CODE, expert.severity.ERROR),
  failed = ProtoExpert.new("nest.failed", "The handler threw",
    expert.group.RESPONSE_CODE, expert.severity.WARN),
  orphan = ProtoExpert.new("nest.orphan_reply", "A reply without its request",
    expert.group.SEQUENCE, expert.severity.NOTE),
}

local all_fields, all_experts = {}, {}
for _, field in pairs(fields) do all_fields[#all_fields + 1] = field end
for _, item in pairs(experts) do all_experts[#all_experts + 1] = item end
nest.fields, nest.experts = all_fields, all_experts
nest.prefs.ports = Pref.range("TCP ports", "", "Ports that are Nest's although another dissector owns them", 65535)

local tcp_stream = Field.new("tcp.stream")
local time_epoch = Field.new("frame.time_epoch")

-- JSON ----------------------------------------------------------------------
-- Values: strings, numbers, booleans, NULL, {array = …} and {object = …}.

local NULL = {}
local ESCAPES = { b = "\b", f = "\f", n = "\n", r = "\r", t = "\t" }

local function utf8_bytes(code)
  if code < 0x80 then return string.char(code) end
  if code < 0x800 then
    return string.char(0xC0 + math.floor(code / 0x40), 0x80 + code % 0x40)
  end
  if code < 0x10000 then
    return string.char(0xE0 + math.floor(code / 0x1000), 0x80 + math.floor(code / 0x40) % 0x40, 0x80 + code % 0x40)
  end
  return string.char(0xF0 + math.floor(code / 0x40000), 0x80 + math.floor(code / 0x1000) % 0x40,
    0x80 + math.floor(code / 0x40) % 0x40, 0x80 + code % 0x40)
end

local function skip_space(text, at)
  return text:find("[^ \t\n\r]", at) or #text + 1
end

-- Return what \uXXXX at a place means, and where it ends; pairs are joined.
local function read_unicode(text, at)
  local digits = text:match("^%x%x%x%x", at)
  if not digits then error("escape") end
  local code = tonumber(digits, 16)
  if code < 0xD800 or code > 0xDFFF then return utf8_bytes(code), at + 4 end
  local low = text:match("^\\u(%x%x%x%x)", at + 4)
  local second = low and tonumber(low, 16) or 0
  if code <= 0xDBFF and second >= 0xDC00 and second <= 0xDFFF then
    return utf8_bytes(0x10000 + (code - 0xD800) * 0x400 + second - 0xDC00), at + 10
  end
  return "\239\191\189", at + 4
end

local function read_string(text, at)
  local pieces = {}
  while true do
    local stop = text:find('["\\%c]', at)
    if not stop then error("string") end
    pieces[#pieces + 1] = text:sub(at, stop - 1)
    local mark = text:sub(stop, stop)
    if mark == '"' then return table.concat(pieces), stop + 1 end
    if mark == "\127" then -- a control character to Lua, but not to JSON
      pieces[#pieces + 1], at = mark, stop + 1
    elseif mark ~= "\\" then
      error("control character")
    else
      local letter = text:sub(stop + 1, stop + 1)
      if letter == "u" then
        pieces[#pieces + 1], at = read_unicode(text, stop + 2)
      else
        local meaning = ESCAPES[letter] or letter:match('^["\\/]$')
        if not meaning then error("escape") end
        pieces[#pieces + 1], at = meaning, stop + 2
      end
    end
  end
end

local function read_number(text, at)
  local whole = text:match("^%-?0", at) or text:match("^%-?[1-9]%d*", at)
  if not whole then error("value") end
  local stop = at + #whole
  local fraction = text:match("^%.%d+", stop) or ""
  stop = stop + #fraction
  local exponent = text:match("^[eE][+-]?%d+", stop) or ""
  return tonumber(whole .. fraction .. exponent), stop + #exponent
end

local read_value

local function read_members(text, at, spans)
  local object = {}
  at = skip_space(text, at)
  if text:sub(at, at) == "}" then return { object = object }, at + 1 end
  while true do
    if text:sub(at, at) ~= '"' then error("key") end
    local key
    key, at = read_string(text, at + 1)
    at = skip_space(text, at)
    if text:sub(at, at) ~= ":" then error("colon") end
    local start = skip_space(text, at + 1)
    object[key], at = read_value(text, start)
    if spans then spans[key] = { start, at - 1 } end
    at = skip_space(text, at)
    local mark = text:sub(at, at)
    if mark == "}" then return { object = object }, at + 1 end
    if mark ~= "," then error("comma") end
    at = skip_space(text, at + 1)
  end
end

local function read_items(text, at)
  local array = {}
  at = skip_space(text, at)
  if text:sub(at, at) == "]" then return { array = array }, at + 1 end
  while true do
    array[#array + 1], at = read_value(text, skip_space(text, at))
    at = skip_space(text, at)
    local mark = text:sub(at, at)
    if mark == "]" then return { array = array }, at + 1 end
    if mark ~= "," then error("comma") end
    at = at + 1
  end
end

read_value = function(text, at, spans)
  local first = text:sub(at, at)
  if first == '"' then return read_string(text, at + 1) end
  if first == "{" then return read_members(text, at + 1, spans) end
  if first == "[" then return read_items(text, at + 1) end
  if text:find("^true", at) then return true, at + 4 end
  if text:find("^false", at) then return false, at + 5 end
  if text:find("^null", at) then return NULL, at + 4 end
  return read_number(text, at)
end

-- Return a value and the places of the members of the outermost object.
local function read_json(text)
  local spans = {}
  local value, at = read_value(text, skip_space(text, 1), spans)
  if skip_space(text, at) <= #text then error("text after the value") end
  return value, spans
end

-- Routes --------------------------------------------------------------------
-- Source: utils/transform-pattern.utils.ts, transformPatternToRoute.

-- Node's localeCompare, exact for ASCII: both cases of a letter in one place. Letters
-- of Latin 1 sort with their base letter, all others by code point.
local ORDER = "\t\n\v\f\r _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789abcdefghijklmnopqrstuvwxyz"
local BASES = {}
for base, letters in pairs({
  A = "ÀÁÂÃÄÅ", C = "Ç", E = "ÈÉÊË", I = "ÌÍÎÏ", N = "Ñ", O = "ÒÓÔÕÖ", U = "ÙÚÛÜ", Y = "Ý",
  a = "àáâãäå", c = "ç", e = "èéêë", i = "ìíîï", n = "ñ", o = "òóôõö", u = "ùúûü", y = "ýÿ",
}) do
  for letter in letters:gmatch("[\192-\255][\128-\191]") do BASES[letter] = base end
end

-- Return what a key sorts by: base letters, then accents, then small before capital.
local function weights(text)
  local primary, accents, cases = {}, {}, {}
  for character in text:gmatch("[\0-\127\192-\255][\128-\191]*") do
    local base = BASES[character] or character
    local lower = base:lower()
    local weight = ORDER:find(lower, 1, true)
    if #lower > 1 then weight = #ORDER + lower:byte(1) * 65536 + lower:byte(2) * 256 + (lower:byte(3) or 0) end
    if weight then
      primary[#primary + 1] = weight
      accents[#accents + 1] = base == character and 0 or character:byte(2) % 32
      cases[#cases + 1] = lower == base and 0 or 1
    end
  end
  return { primary, accents, cases }
end

local function compare(left, right)
  for index = 1, math.max(#left, #right) do
    local a, b = left[index] or -1, right[index] or -1
    if a ~= b then return a < b and -1 or 1 end
  end
  return 0
end

local function locale_less(left, right)
  local weights_left, weights_right = weights(left), weights(right)
  for level = 1, 3 do
    local order = compare(weights_left[level], weights_right[level])
    if order ~= 0 then return order < 0 end
  end
  return false
end

-- Spell a number as JavaScript does (ECMA-262, Number::toString).
local function spell_number(number)
  if number == math.huge then return "Infinity" end
  if number == -math.huge then return "-Infinity" end
  if number < 0 then return "-" .. spell_number(-number) end
  if number == 0 then return "0" end
  local text
  for precision = 0, 16 do
    text = string.format("%." .. precision .. "e", number)
    if tonumber(text) == number then break end
  end
  local mantissa, exponent = text:match("^(.-)e(.*)$")
  local digits, point = mantissa:gsub("%.", ""), math.floor(tonumber(exponent)) + 1
  digits = digits:gsub("0+$", "")
  if #digits <= point and point <= 21 then return digits .. ("0"):rep(point - #digits) end
  if point > 0 and point <= 21 then return digits:sub(1, point) .. "." .. digits:sub(point + 1) end
  if point > -6 and point <= 0 then return "0." .. ("0"):rep(-point) .. digits end
  local fraction = #digits > 1 and "." .. digits:sub(2) or ""
  return string.format("%s%se%+d", digits:sub(1, 1), fraction, point - 1)
end

local function escaped(text)
  return (text:gsub('[\\"]', "\\%0"))
end

local transform

local function transform_members(members, keys, depth)
  if depth > MAX_DEPTH then return "[MAX_DEPTH_REACHED]" end
  if #keys > MAX_KEYS then return "[TOO_MANY_KEYS]" end
  table.sort(keys, locale_less)
  local parts = {}
  for _, key in ipairs(keys) do
    local value = members[key]
    local text = type(value) == "string" and '"' .. escaped(value) .. '"' or transform(value, depth + 1)
    parts[#parts + 1] = '"' .. escaped(key) .. '":' .. text
  end
  return "{" .. table.concat(parts, ",") .. "}"
end

transform = function(value, depth)
  if type(value) == "string" then return value end
  if type(value) == "number" then return spell_number(value) end
  if type(value) == "boolean" then return tostring(value) end
  if value == NULL then return "null" end
  local members, keys = value.object, {}
  if value.array then
    members = {}
    for index, item in ipairs(value.array) do members[tostring(index - 1)] = item end
  end
  for key in pairs(members) do keys[#keys + 1] = key end
  return transform_members(members, keys, depth)
end

-- Return the name under which a server looks for the handler of a pattern.
local function route_of(pattern)
  if pattern == nil then return "undefined" end
  if type(pattern) ~= "string" then return transform(pattern, 0) end
  local parsed, value = pcall(read_json, pattern)
  return parsed and transform(value, 0) or pattern
end

-- Frames --------------------------------------------------------------------

local LOWEST = { [0xE0] = 0xA0, [0xF0] = 0x90 } -- of a second byte, by the first
local HIGHEST = { [0xED] = 0x9F, [0xF4] = 0x8F }

-- Return bytes and code units of the character at a place; nil when it is cut off.
-- What is not UTF-8 becomes U+FFFD, one unit (WHATWG Encoding, maximal subparts).
local function character_at(raw, at)
  local lead = raw:byte(at)
  local size = lead < 0x80 and 1 or lead < 0xC2 and 1 or lead < 0xE0 and 2 or lead < 0xF0 and 3 or lead < 0xF5 and 4 or 1
  for index = 1, size - 1 do
    local byte = raw:byte(at + index)
    if not byte then return nil end
    local low = index == 1 and LOWEST[lead] or 0x80
    local high = index == 1 and HIGHEST[lead] or 0xBF
    if byte < low or byte > high then return index, 1 end
  end
  return size, size == 4 and 2 or 1
end

-- Return where a body of some code units ends; nil and true when not all of it is
-- there, nil alone when it ends inside a character.
local function end_of_body(raw, at, units)
  if #raw - at + 1 < units then return nil, true end
  while units > 0 do
    local other = raw:find("[\128-\255]", at) or #raw + 1
    local plain = math.min(other - at, units)
    at, units = at + plain, units - plain
    if units > 0 then
      if at > #raw then return nil, true end
      local size, count = character_at(raw, at)
      if not size then return nil, true end
      if count > units then return nil end
      at, units = at + size, units - count
    end
  end
  return at
end

local SPACES = { "^[\t-\r ]+", "^\194\160", "^\227\128\128", "^\239\187\191" }

-- Return what parseInt finds before the #; nil when that is not a number.
local function read_length(header)
  local found = true
  while found do
    found = false
    for _, space in ipairs(SPACES) do
      local rest, count = header:gsub(space, "")
      if count > 0 then header, found = rest, true end
    end
  end
  local sign, digits = header:match("^([+-]?)(%d+)")
  if not digits then return nil end
  return sign == "-" and 0 or tonumber(digits)
end

-- Requests and their replies ------------------------------------------------

local calls, replies, answers = {}, {}, {}
-- calls:   stream and id → requests that wait, in order
-- replies: place of a reply → the request that it answers
-- answers: place of a request → the packet of its first reply

function nest.init()
  calls, replies, answers = {}, {}, {}
end

local function call_key(stream, id, text)
  return stream .. " " .. (type(id) == "number" and spell_number(id) or text)
end

local function remember_request(key, place, packet, pinfo)
  calls[key] = calls[key] or {}
  table.insert(calls[key], { place = place, route = packet.route, number = pinfo.number, time = time_epoch().value })
end

local function remember_reply(key, place, packet, pinfo)
  local waiting = calls[key]
  if not waiting then return end
  local call = waiting[1]
  replies[place] = call
  answers[call.place] = answers[call.place] or pinfo.number
  if packet.final then
    table.remove(waiting, 1)
    if #waiting == 0 then calls[key] = nil end
  end
end

-- Packets -------------------------------------------------------------------

local function truthy(value)
  return not (value == nil or value == NULL or value == false or value == "" or value == 0)
end

-- Return what a body says, or nil and the expert item that says why not.
local function read_packet(body)
  local parsed, value, spans = pcall(read_json, body)
  if not parsed then return nil, experts.invalid end
  local members = type(value) == "table" and value.object
  if not members then return nil, experts.unknown end
  local packet = { members = members, spans = spans, id = members.id }
  if members.pattern ~= nil or members.data ~= nil then
    packet.kind = members.id ~= nil and "request" or "event"
    packet.route = route_of(members.pattern)
  elseif members.id ~= nil then
    packet.kind = "reply"
    packet.failed = truthy(members.err)
    packet.final = truthy(members.isDisposed) or packet.failed
  else
    return nil, experts.unknown
  end
  return packet
end

local SHOWN = { "pattern", "data", "metadata", "response", "err", "status" }

local function show_members(tree, tvb, start, body, packet)
  for _, name in ipairs(SHOWN) do
    local span = packet.spans[name]
    if span then
      local range = tvb(start + span[1] - 1, span[2] - span[1] + 1)
      tree:add(fields[name], range, body:sub(span[1], span[2]))
    end
  end
  local span = packet.spans.id
  if span then
    local text = body:sub(span[1], span[2])
    local id = type(packet.id) == "string" and packet.id or text
    tree:add(fields.id, tvb(start + span[1] - 1, #text), id)
  end
end

local function show_links(tree, place, packet)
  if packet.kind == "request" and answers[place] then
    tree:add(fields.response_in, answers[place]):set_generated()
  end
  if packet.kind ~= "reply" then return end
  tree:add(fields.disposed, truthy(packet.members.isDisposed))
  local call = replies[place]
  if call then
    packet.route = call.route
    tree:add(fields.route, call.route):set_generated()
    tree:add(fields.request_in, call.number):set_generated()
    tree:add(fields.time, time_epoch().value - call.time):set_generated()
  else
    tree:add_proto_expert_info(experts.orphan)
  end
end

local function show_problems(tree, packet)
  if packet.members.err == NO_HANDLER then
    tree:add_proto_expert_info(experts.no_handler)
  elseif packet.failed then
    tree:add_proto_expert_info(experts.failed)
  end
end

local labelled = { number = -1, words = {} } -- of the packet that is being dissected

local function label(pinfo, word)
  if labelled.number ~= pinfo.number then labelled = { number = pinfo.number, words = {} } end
  local words = labelled.words
  if words[#words] ~= word then words[#words + 1] = word end
  pinfo.cols.protocol = "Nest"
  pinfo.cols.info = table.concat(words, ", ")
end

-- Show the frame at tvb(start); its body begins at `body_at` and ends before `stop`.
local function show_frame(tvb, pinfo, tree, raw, start, body_at, stop, length)
  local body = raw:sub(body_at + 1, stop)
  local packet, problem = read_packet(body)
  local item = tree:add(nest, tvb(start, stop - start))
  item:add(fields.length, tvb(start, body_at - 1 - start), length)
  item:add(fields.size, tvb(start, stop - start), stop - start):set_generated()
  if not packet then
    local in_bytes = problem == experts.invalid and read_packet(raw:sub(body_at + 1, body_at + length))
    item:add_proto_expert_info(in_bytes and experts.bytes or problem)
    label(pinfo, "[not a packet]")
    return
  end
  local stream = tostring(tcp_stream().value)
  local span = packet.spans.id
  local key = span and call_key(stream, packet.id, body:sub(span[1], span[2]))
  local place = table.concat({ pinfo.number, packet.kind, key or "" }, " ")
  if not pinfo.visited and packet.kind == "request" then
    remember_request(key, place, packet, pinfo)
  elseif not pinfo.visited and packet.kind == "reply" then
    remember_reply(key, place, packet, pinfo)
  end
  item:add(fields.kind, packet.kind)
  if packet.kind ~= "reply" then item:add(fields.route, packet.route) end
  show_members(item, tvb, body_at, body, packet)
  show_links(item, place, packet)
  show_problems(item, packet)
  local name = packet.kind .. (packet.route and " " .. packet.route or "")
  item:set_text("NestJS Microservices, " .. name)
  label(pinfo, name)
end

-- Connections ---------------------------------------------------------------

local BEGINS = "^[\t-\r ]*%+?%d+[^#]*()#[\t\n\r ]*[{%[\"0-9tfn-]"
local KEYS = { pattern = true, response = true, err = true, isDisposed = true, id = true }
local LONGEST_HEADER = 24

-- Return where in the middle of a stream a frame of Nest's begins.
local function find_frame(raw)
  for start, key in raw:gmatch('()%d+#{"(%a+)":') do
    if KEYS[key] then return start end
  end
  return nil
end

local function begins_frame(raw)
  local hash = raw:sub(1, LONGEST_HEADER + 2):match(BEGINS)
  return hash ~= nil and hash <= LONGEST_HEADER
end

-- Return where the frames in `raw` begin: after lost bytes one is looked for.
local function first_frame(raw)
  if read_length(raw:sub(1, LONGEST_HEADER)) then return 1 end
  return find_frame(raw)
end

-- Wait for another segment. Asking for the number of bytes that are missing would be
-- quicker for large frames, but it is only known where a byte is a unit.
local function want_more(pinfo, start)
  pinfo.desegment_offset = start
  -- decision 50
  pinfo.desegment_len = DESEGMENT_ONE_MORE_SEGMENT
end

-- Whether a first frame is too long to be complete: decided without a look at its body.
local function surely_incomplete(tvb)
  local head = tvb:raw(0, math.min(tvb:len(), LONGEST_HEADER))
  local hash = head:find("#", 1, true)
  local length = hash and read_length(head:sub(1, hash - 1))
  return length ~= nil and tvb:len() - hash < length
end

-- A function of its own: calling nest.dissector from the heuristic would be one
-- dissector below another, which Wireshark does not let ask for more segments.
local function dissect(tvb, pinfo, tree)
  local size = tvb:len()
  if pinfo.can_desegment > 0 and surely_incomplete(tvb) then
    want_more(pinfo, 0)
    return size
  end
  local raw = tvb:raw()
  local start = (first_frame(raw) or 1) - 1
  while start < size do
    local hash = raw:find("#", start + 1, true)
    if not hash then
      want_more(pinfo, start)
      return size
    end
    local length = read_length(raw:sub(start + 1, hash - 1))
    local stop, missing
    if length then stop, missing = end_of_body(raw, hash + 1, length) end
    if missing and pinfo.can_desegment > 0 then
      want_more(pinfo, start)
      return size
    elseif not stop then -- Nest drops what it has read, and closes the connection
      local item = tree:add(nest, tvb(start))
      item:add_proto_expert_info(experts.corrupted)
      label(pinfo, "[corrupted length]")
      return size
    end
    show_frame(tvb, pinfo, tree, raw, start, hash, stop - 1, length)
    start = stop - 1
  end
  return size
end

function nest.dissector(tvb, pinfo, tree)
  return dissect(tvb, pinfo, tree)
end

-- Some digits alone may be the first piece of a length: wait for what follows.
local function heuristic(tvb, pinfo, tree)
  local raw = tvb:raw()
  if raw:match("^%d+#?$") and #raw <= LONGEST_HEADER and pinfo.can_desegment > 0 then
    want_more(pinfo, 0)
    return true
  end
  if not (begins_frame(raw) or find_frame(raw)) then return false end
  pinfo.conversation = nest
  dissect(tvb, pinfo, tree)
  return true
end

nest:register_heuristic("tcp", heuristic)

local tcp_ports = DissectorTable.get("tcp.port")
local taken = "" -- the ports that the preference gave us

function nest.prefs_changed()
  if taken ~= "" then tcp_ports:remove(taken, nest) end
  taken = nest.prefs.ports or ""
  if taken ~= "" then tcp_ports:add(taken, nest) end
end
