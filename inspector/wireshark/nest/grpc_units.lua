-- Calls of gRPC: the messages of each side, the packets that these are, and how calls end.
--
--     compressed 1 | length 4 | message        in one frame of DATA, in several, or with others
--
-- Sources: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md and
-- http-grpc-status-mapping.md; https://grpc.github.io/grpc/core/md_doc_statuscodes.html

local bytes = require("nest.bytes")
local inflate = require("nest.inflate")
local json = require("nest.json")
local packets = require("nest.packets")
local protobuf = require("nest.protobuf")

local grpc_units = { UNNAMED = "/?" } -- the pattern of a call whose path cannot be read

local PREFIX, LONGEST = 5, 67108864 -- bytes before a message, and of one
local UNKNOWN, UNIMPLEMENTED, INTERNAL = 2, 12, 13
local NAMES = {
  [0] = "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS",
  "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED",
  "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
}
-- Error codes of HTTP/2 (RFC 9113, section 7), and the status of those that have another than INTERNAL.
local ERRORS = {
  [0] = "NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT", "STREAM_CLOSED",
  "FRAME_SIZE_ERROR", "REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR", "CONNECT_ERROR", "ENHANCE_YOUR_CALM",
  "INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED",
}
local BY_ERROR = { [7] = 14, [8] = 1, [11] = 8, [12] = 7 }
local BY_HTTP = {
  ["400"] = 13, ["401"] = 16, ["403"] = 7, ["404"] = 12, ["429"] = 14, ["502"] = 14, ["503"] = 14, ["504"] = 14,
}
-- Fields that are no metadata of an application's.
local OURS = {
  ["content-type"] = true, te = true, ["user-agent"] = true, ["accept-encoding"] = true,
  ["grpc-accept-encoding"] = true, ["grpc-status"] = true, ["grpc-message"] = true, date = true, server = true,
}

-- Messages --------------------------------------------------------------------

local Assembler = {}
Assembler.__index = Assembler

local function assembler(synced)
  return setmetatable({ synced = synced, pieces = {}, size = 0, need = PREFIX }, Assembler)
end

function Assembler:lose()
  self.pieces, self.size, self.need, self.synced = {}, 0, PREFIX, false
end

-- Whether the content of a frame is one or several whole messages.
local function fits(data)
  local at = 1
  while at + PREFIX - 1 <= #data and data:byte(at) <= 1 do at = at + PREFIX + bytes.number(data, at + 1, 4) end
  return at > 1 and at == #data + 1
end

-- Return the message at a place of what is kept, or nil and how many bytes it has.
function Assembler:message_at(text, at)
  if #text - at + 1 < PREFIX then return nil, PREFIX end
  local flag, size = text:byte(at), bytes.number(text, at + 1, 4)
  if flag > 1 or size > LONGEST then
    self.over, self.pieces = true, {}
    error("no message")
  end
  if at + PREFIX + size - 1 > #text then return nil, PREFIX + size end
  return text:sub(at, at + PREFIX + size - 1), PREFIX + size
end

-- Return the messages that the content of a frame completes: {raw, stop}, the place in that
-- content after each.
function Assembler:feed(data)
  if self.over or (not self.synced and not fits(data)) then return {} end
  local found, before, at = {}, self.size, 1
  self.synced, self.size = true, self.size + #data
  self.pieces[#self.pieces + 1] = data
  if self.size < self.need then return found end
  local text = table.concat(self.pieces)
  while true do
    local raw, need = self:message_at(text, at)
    if not raw then
      self.pieces, self.size, self.need = { text:sub(at) }, #text - at + 1, need
      return found
    end
    at = at + #raw
    found[#found + 1] = { raw = raw, stop = at - before }
  end
end

-- Return a message as JSON; nil if it is compressed in a way that is not known.
function grpc_units.json(raw, encoding)
  local data = raw:sub(PREFIX + 1)
  if raw:byte(1) == 1 then
    if encoding == "" and data:find("^\31\139\8") then encoding = "gzip" end
    data = encoding ~= "identity" and encoding ~= "" and inflate.body(data, encoding) or nil
  end
  return data and protobuf.json(data)
end

-- Calls -----------------------------------------------------------------------

-- Return a call, as far as both sides have shown it: {path, encodings, assemblers, asked, foreign}.
function grpc_units.call(path, synced)
  return {
    path = path or grpc_units.UNNAMED,
    encodings = { "", "" },
    assemblers = { assembler(synced), assembler(synced) },
  }
end

-- Packets ---------------------------------------------------------------------

-- Return the packet of a stream whose text is all of its body.
local function packet(kind, stream, body, name, text)
  return {
    kind = kind,
    named = ("%d"):format(stream),
    members = {},
    spans = text and { [name] = { 1, #body } } or {},
    texts = text and { [name] = text } or {},
  }
end

-- Return bytes as text, one character for each, as JSON.
local function quoted(value)
  return json.quoted((value:gsub("[\128-\255]", function(byte)
    local code = byte:byte()
    return string.char(0xC0 + math.floor(code / 64), 0x80 + code % 64)
  end)))
end

local function metadata_of(said, names)
  local found = {}
  for _, name in ipairs(names) do
    local plain = name == "grpc-encoding" and said[name] == "identity"
    if name:sub(1, 1) ~= ":" and not OURS[name] and not plain then
      found[#found + 1] = json.quoted(name) .. ":" .. quoted(said[name])
    end
  end
  return #found > 0 and "{" .. table.concat(found, ",") .. "}" or nil
end

-- Return the request that a call begins with; its message may be to come, or none.
function grpc_units.request(stream, call, block, body, text)
  local found = packet("request", stream, body, "data", text)
  found.route, found.texts.pattern = call.path, json.quoted(call.path)
  if block then found.texts.metadata = metadata_of(block.said, block.names) end
  return found
end

-- Return a further message of a client.
function grpc_units.message(stream, body, text)
  return packet("message", stream, body, "data", text)
end

function grpc_units.reply(stream, body, text)
  return packet("reply", stream, body, "response", text)
end

local function failed(stream, body, code, message)
  local known = bytes.is_utf8(message) and message or message:gsub("[\128-\255]", "\239\191\189")
  local text = ('{"code":%.0f,"status":"%s","message":%s}'):format(code, NAMES[code] or "UNKNOWN", json.quoted(known))
  local found = packet("reply", stream, body, "err", text)
  found.failed, found.final, found.texts.status = true, true, ("%.0f"):format(code)
  found.members = { isDisposed = true, err = code == UNIMPLEMENTED and packets.NO_HANDLER or text }
  return found
end

-- Return the reply that ends a call, by what trailers say.
function grpc_units.ending(stream, body, said)
  local code, http = (said["grpc-status"] or ""):match("^%d+$"), said[":status"] or "200"
  local message = (said["grpc-message"] or ""):gsub("%%(%x%x)", function(digits)
    return string.char(tonumber(digits, 16))
  end)
  if not code and http ~= "200" then
    return failed(stream, body, BY_HTTP[http] or UNKNOWN, message ~= "" and message or "HTTP " .. http)
  end
  if code and tonumber(code) ~= 0 then return failed(stream, body, tonumber(code:sub(1, 9)), message) end
  local found = packet("reply", stream, body, nil, nil)
  found.final, found.members.isDisposed = true, true
  found.texts.status = code and "0" or nil
  return found
end

-- Return the reply that ends a call, by an error code of HTTP/2.
function grpc_units.reset(stream, body, code)
  local name = ERRORS[code] or ("error %.0f"):format(code)
  return failed(stream, body, BY_ERROR[code] or INTERNAL, "RST_STREAM " .. name)
end

return grpc_units
