-- Frames of HTTP/2: a header of nine bytes, and a payload.
--
--     length 24 | type 8 | flags 8 | reserved 1 | stream 31 | payload
--
-- Source: RFC 9113, sections 3.4, 4.1 and 6.

local bytes = require("nest.bytes")

local http2 = {
  PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
  HEAD = 9, -- bytes before the payload
  DATA = 0, HEADERS = 1, PRIORITY = 2, RST_STREAM = 3, SETTINGS = 4, PUSH_PROMISE = 5, PING = 6, GOAWAY = 7,
  WINDOW_UPDATE = 8, CONTINUATION = 9,
}

local END_STREAM, END_HEADERS, PADDED, WITH_PRIORITY = 1, 4, 8, 32
local OF_STREAMS = { [0] = true, [1] = true, [2] = true, [3] = true, [5] = true, [9] = true }
local OF_CONNECTIONS = { [4] = true, [6] = true, [7] = true }
local SIZES = { [2] = 5, [3] = 4, [6] = 8, [8] = 4 }

local function has(flags, bit)
  return math.floor(flags / bit) % 2 == 1
end

-- Return the header of the frame at a place, of which nine bytes are there.
function http2.head(raw, at)
  local flags = raw:byte(at + 4)
  return {
    size = bytes.number(raw, at, 3),
    type = raw:byte(at + 3),
    stream = bytes.number(raw, at + 5, 4) % 2147483648,
    flags = flags,
    ends_stream = has(flags, END_STREAM) and raw:byte(at + 3) <= http2.HEADERS,
    ends_headers = has(flags, END_HEADERS),
  }
end

-- Whether a sender writes such a header, by what its type allows.
function http2.is_valid(head)
  local kind, size = head.type, head.size
  if (OF_STREAMS[kind] and head.stream == 0) or (OF_CONNECTIONS[kind] and head.stream ~= 0) then return false end
  if SIZES[kind] and size ~= SIZES[kind] then return false end
  return not (kind == http2.SETTINGS and size % 6 ~= 0) and not (kind == http2.GOAWAY and size < 8)
end

-- Return where the data or the header block of a frame begins, and the place after it; nil if
-- there is more padding than bytes.
function http2.content(raw, at, head)
  local begin, stop, kind = at + http2.HEAD, at + http2.HEAD + head.size, head.type
  local padded = kind == http2.DATA or kind == http2.HEADERS or kind == http2.PUSH_PROMISE
  if padded and has(head.flags, PADDED) then
    stop = stop - (begin < stop and raw:byte(begin) or 0)
    begin = begin + 1
  end
  if kind == http2.HEADERS and has(head.flags, WITH_PRIORITY) then begin = begin + 5 end
  if kind == http2.PUSH_PROMISE then begin = begin + 4 end
  if begin > stop then return nil end
  return begin, stop
end

-- Return who begins a connection so, or nil.
function http2.recognise(raw)
  return raw:sub(1, #http2.PREFACE) == http2.PREFACE and "client" or nil
end

return http2
