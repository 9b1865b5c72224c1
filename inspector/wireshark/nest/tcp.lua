-- Over TCP: connections, the frames that they carry, and the packets in those.
--
--     length#json        the length counts UTF-16 code units, the JSON is UTF-8

local calls = require("nest.calls")
local declared = require("nest.declared")
local packets = require("nest.packets")

local tcp = {}

local nest, fields, experts = declared.nest, declared.fields, declared.experts

-- Frames ----------------------------------------------------------------------

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

local function remember(pinfo, packet, id, hop)
  if pinfo.visited or packet.kind == "event" then return end
  local name = hop.stream .. " " .. id
  if packet.kind == "request" then
    calls.ask(name, hop, packet.route)
  else
    calls.reply(name, hop, packet.final)
  end
end

-- Show the frame at tvb(start); its body begins at `body_at` and ends before `stop`.
local function show_frame(tvb, pinfo, tree, raw, start, body_at, stop, length)
  local body = raw:sub(body_at + 1, stop)
  local packet, problem = packets.read(body)
  local item = tree:add(nest, tvb(start, stop - start))
  item:add(fields.carrier, "tcp"):set_generated()
  item:add(fields.length, tvb(start, body_at - 1 - start), length)
  item:add(fields.size, tvb(start, stop - start), stop - start):set_generated()
  if not packet then
    local in_bytes = problem == experts.invalid and packets.read(raw:sub(body_at + 1, body_at + length))
    item:add_proto_expert_info(in_bytes and experts.bytes or problem)
    packets.label(pinfo, "Nest", "[not a packet]")
    return
  end
  local id = packets.id_text(packet, body)
  local hop = packets.hop(pinfo, packet.kind, id)
  remember(pinfo, packet, id, hop)
  packets.label(pinfo, "Nest", packets.show(item, tvb, body_at, body, packet, hop.place))
end

-- Connections -----------------------------------------------------------------

local BEGINS = "^[\t-\r ]*%+?%d+[^#]*()#[\t\n\r ]*[{%[\"0-9tfn-]"
local KEYS = { pattern = true, response = true, err = true, isDisposed = true, id = true }
local LONGEST_HEADER = 24

-- Return where in the middle of a stream a frame of Nest's begins. What follows the length is
-- looked for first: other bytes may be nothing but digits, and each would begin a number.
local function find_frame(raw)
  for hash, key in raw:gmatch('()#{"(%a+)":') do
    local digits = KEYS[key] and raw:sub(math.max(hash - LONGEST_HEADER, 1), hash - 1):match("%d+$")
    if digits then return hash - #digits end
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

-- Whether a first frame is too long to be complete: decided without a look at its body.
local function surely_incomplete(tvb)
  local head = tvb:raw(0, math.min(tvb:len(), LONGEST_HEADER))
  local hash = head:find("#", 1, true)
  local length = hash and read_length(head:sub(1, hash - 1))
  return length ~= nil and tvb:len() - hash < length
end

function tcp.dissect(tvb, pinfo, tree)
  local size = tvb:len()
  if pinfo.can_desegment > 0 and surely_incomplete(tvb) then
    packets.want_more(pinfo, 0)
    return size
  end
  local raw = tvb:raw()
  local start = (first_frame(raw) or 1) - 1
  while start < size do
    local hash = raw:find("#", start + 1, true)
    if not hash then
      packets.want_more(pinfo, start)
      return size
    end
    local length = read_length(raw:sub(start + 1, hash - 1))
    local stop, missing
    if length then stop, missing = end_of_body(raw, hash + 1, length) end
    if missing and pinfo.can_desegment > 0 then
      packets.want_more(pinfo, start)
      return size
    elseif not stop then -- Nest drops what it has read, and closes the connection
      local item = tree:add(nest, tvb(start))
      item:add_proto_expert_info(experts.corrupted)
      packets.label(pinfo, "Nest", "[corrupted length]")
      return size
    end
    show_frame(tvb, pinfo, tree, raw, start, hash, stop - 1, length)
    start = stop - 1
  end
  return size
end

-- Some digits alone may be the first piece of a length: wait for what follows.
function tcp.recognise(tvb, pinfo, tree)
  local raw = tvb:raw()
  if raw:match("^%d+#?$") and #raw <= LONGEST_HEADER and pinfo.can_desegment > 0 then
    packets.want_more(pinfo, 0)
    return true
  end
  if not (begins_frame(raw) or find_frame(raw)) then return false end
  pinfo.conversation = nest
  -- Not nest.dissector: that would be one dissector below another, which Wireshark does
  -- not let ask for more segments.
  tcp.dissect(tvb, pinfo, tree)
  return true
end

return tcp
