-- Control lines of NATS, and the messages after them; knows nothing of Wireshark.
--
--     PUB subject [reply-to] size CR LF payload CR LF                    to the broker
--     MSG subject sid [reply-to] size CR LF payload CR LF                from it
--
-- HPUB and HMSG have one more number, the size of the headers that begin the payload.
-- A *unit* is a control line with its payload. Places count from 1, as Lua does.
--
-- Source: NATS Docs, "Client Protocol"; parser.go of nats-io/nats-server.

local lines = {}

local LONGEST_LINE = 65536 -- CONNECT and INFO hold tokens and addresses; others have 4,096

-- Names of the arguments, by their number.
local ARGUMENTS = {
  PUB = { [2] = { "subject", "size" }, [3] = { "subject", "reply_to", "size" } },
  HPUB = {
    [3] = { "subject", "header_size", "size" },
    [4] = { "subject", "reply_to", "header_size", "size" },
  },
  MSG = { [3] = { "subject", "sid", "size" }, [4] = { "subject", "sid", "reply_to", "size" } },
  HMSG = {
    [4] = { "subject", "sid", "header_size", "size" },
    [5] = { "subject", "sid", "reply_to", "header_size", "size" },
  },
  SUB = { [2] = { "subject", "sid" }, [3] = { "subject", "queue_group", "sid" } },
  UNSUB = { [1] = { "sid" }, [2] = { "sid", "max_messages" } },
  PING = { [0] = {} },
  PONG = { [0] = {} },
  ["+OK"] = { [0] = {} },
}

local TEXTS = { INFO = "options", CONNECT = "options", ["-ERR"] = "error" } -- what follows the verb

-- Return the arguments between two places: {name, text, at}, and by name their texts.
local function read_arguments(raw, at, stop, verb)
  local words, named = {}, {}
  for place, text in raw:sub(at, stop):gmatch("()([^ \t]+)") do
    words[#words + 1] = { text = text, at = at + place - 1 }
  end
  local names = ARGUMENTS[verb][#words]
  if not names then return nil end
  for index, name in ipairs(names) do
    words[index].name, named[name] = name, words[index].text
  end
  return words, named
end

-- Return the text that is all that follows a verb, without the spaces around it.
local function read_text(raw, at, stop, verb)
  local start, text = raw:sub(at, stop):match("^[ \t]*()(.-)[ \t]*$")
  local name = TEXTS[verb]
  return { { name = name, text = text, at = at + start - 1 } }, { [name] = text }
end

-- Add where the payload is to a unit; return whether its sizes are right.
local function place_payload(unit, size, header_size)
  if not size:find("^%d+$") or not header_size:find("^%d+$") then return false end
  unit.size, unit.header_size = tonumber(size), tonumber(header_size)
  unit.payload_at = unit.stop
  unit.stop = unit.stop + unit.size + 2
  return unit.header_size <= unit.size
end

-- Return the unit whose control line begins at a place, its payload may be missing yet;
-- nil, whether more bytes may make it one, and whether it has a verb's wrong arguments.
--
-- A unit has its verb, its `arguments` in order, those that it has by name, and `stop`,
-- the place after it; with a payload `size`, `header_size` and `payload_at` too.
function lines.read(raw, at)
  local word = raw:match("^[%a+-]*", at)
  local verb, ended = word:upper(), at + #word
  local newline = raw:find("\n", ended, true)
  if not (ARGUMENTS[verb] or TEXTS[verb]) then
    return nil, ended > #raw and lines.may_begin(verb)
  elseif not newline then
    return nil, #raw - at < LONGEST_LINE
  end
  local last = raw:sub(newline - 1, newline - 1) == "\r" and newline - 2 or newline - 1
  local arguments, named = (TEXTS[verb] and read_text or read_arguments)(raw, ended, last, verb)
  if not arguments then return nil, false, true end
  local unit = {
    verb = verb,
    at = at,
    stop = newline + 1,
    arguments = arguments,
    subject = named.subject,
    reply_to = named.reply_to,
    sid = named.sid,
    queue_group = named.queue_group,
    options = named.options,
    error = named.error,
  }
  if not named.size or place_payload(unit, named.size, named.header_size or "0") then return unit end
  return nil, false, true
end

-- Whether letters may be the beginning of a verb.
function lines.may_begin(letters)
  for _, verbs in ipairs({ ARGUMENTS, TEXTS }) do
    for verb in pairs(verbs) do
      if verb:sub(1, #letters) == letters then return true end
    end
  end
  return false
end

-- Whether the payload of a unit ends as it should, as far as it is there.
function lines.ends(raw, unit)
  if not unit.payload_at then return true end
  local mark = raw:sub(unit.stop - 2, unit.stop - 1)
  return ("\r\n"):sub(1, #mark) == mark
end

-- Return the first place from `at` on, after a line break, where a unit begins.
function lines.find(raw, at)
  local place = at
  while true do
    local newline = raw:find("\n", place, true)
    if not newline then return nil end
    place = newline + 1
    local unit = lines.read(raw, place)
    if unit and lines.ends(raw, unit) then return place end
  end
end

-- Return status, description and headers of a message: {text, at} each, the status nil
-- where there is none. The first line is NATS/1.0 [status [description]].
function lines.headers(raw, unit)
  local block = raw:sub(unit.payload_at, unit.payload_at + unit.header_size - 1)
  local status, description = block:match("^NATS/%d%.%d +(%d%d%d) *([^\r\n]*)")
  local found = {}
  for start, text in block:gmatch("\n()([^\r\n]+)") do
    found[#found + 1] = { text = text, at = unit.payload_at + start - 1 }
  end
  return status and tonumber(status), description, found
end

return lines
