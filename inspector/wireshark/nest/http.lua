-- Heads of HTTP messages, as far as they lead to a WebSocket or to Engine.IO's polling.
--
-- Sources: RFC 9112 for the syntax, RFC 6455, section 4, for the handshake.

local http = {}

local METHODS = { "GET ", "HEAD ", "POST ", "PUT ", "PATCH ", "DELETE ", "OPTIONS ", "HTTP/1." }
-- Subprotocols that have messages of their own, which are not Nest's.
local OTHERS = {
  "^graphql%-ws$", "^graphql%-transport%-ws$", "^v1[0-2]%.stomp$", "^mqtt", "^wamp", "^amqp", "^xmpp$",
  "^sip$", "^msrp$", "^soap$", "^ocpp[0-9.]+$", "^vite%-", "^actioncable%-", "channel%.k8s%.io$",
}

-- Whether bytes begin as a head does, as far as they go.
function http.may_begin(raw, at)
  for _, word in ipairs(METHODS) do
    local shown = raw:sub(at, at + #word - 1)
    if shown == word:sub(1, #shown) then return true end
  end
  return false
end

local function is_foreign(names)
  for name in (names or ""):lower():gmatch("[^,%s]+") do
    for _, pattern in ipairs(OTHERS) do
      if name:find(pattern) then return true end
    end
  end
  return false
end

-- Whether a subprotocol is that of MQTT.
local function is_mqtt(names)
  for name in (names or ""):lower():gmatch("[^,%s]+") do
    if name == "mqtt" or name == "mqttv3.1" then return true end
  end
  return false
end

-- Return the value of a parameter in the query of a target; nil without it.
function http.parameter(target, name)
  for key, value in (target:match("%?(.*)$") or ""):gmatch("([^&=]+)=([^&]*)") do
    if key == name then return value end
  end
  return nil
end

-- Return what a head says that begins at a place: {stop, method, target, status, reason, fields,
-- length, chunked, coding, upgrades, foreign, mqtt}; nil if it is not complete, or false if it is no head.
function http.read(raw, at)
  local stop = select(2, raw:find("\r\n\r\n", at, true))
  if not stop then return nil end
  local line, rest = raw:sub(at, stop - 2):match("^([^\r\n]*)\r\n(.*)$")
  local method, target = line:match("^(%u+) (%S+) HTTP/1%.[01]$")
  local status, reason = line:match("^HTTP/1%.[01] ([1-5]%d%d) ?(.*)$")
  if not (method or status) then return false end
  local fields = {}
  for name, value in rest:gmatch("([^:\r\n]+):[ \t]*([^\r\n]-)[ \t]*\r\n") do fields[name:lower()] = value end
  local length = (fields["content-length"] or ""):match("^%d+$")
  return {
    stop = stop + 1,
    method = method,
    target = target or "",
    status = tonumber(status or "0"),
    reason = reason,
    fields = fields,
    length = length and #length <= 15 and tonumber(length) or nil,
    chunked = (fields["transfer-encoding"] or ""):lower():find("chunked$") ~= nil,
    coding = (fields["content-encoding"] or ""):lower(),
    upgrades = (fields.upgrade or ""):lower() == "websocket",
    foreign = is_foreign(fields["sec-websocket-protocol"]),
    mqtt = is_mqtt(fields["sec-websocket-protocol"]),
  }
end

return http
