-- Wireshark dissector for the packets of NestJS microservices and gateways.
--
--     length#json                                  TCP: the length counts UTF-16 code units
--     PUB subject [reply-to] bytes CR LF json      NATS, and likewise HPUB, MSG and HMSG
--     json in messages of others                   RabbitMQ, Redis, MQTT, WebSocket, Socket.IO
--     records, whose headers say what they are     Kafka
--     messages of Protocol Buffers in HTTP/2       gRPC
--
-- Install: copy this file into the folder of personal Lua plugins that
-- Help > About Wireshark > Folders names, or try it once:
--     tshark -X lua_script:nest.lua -r capture.pcap -Y nest
-- Filter:  nest.route == "sum"   nest.kind == "event"   nest.time > 0.1   nest.err
--
-- Connections are recognised by what they carry, on any port; where another dissector
-- owns a port of TCP or NATS, name it in the preference "nest.ports" or "nest.nats_ports".
-- Of all others Wireshark's own dissectors show the protocol; see nest.connections.
--
-- Written by protocol-inspect for Wireshark 3.6 and later (Lua 5.2 to 5.4).
-- Sources: packages/microservices/helpers/json-socket.ts and client/client-nats.ts of
-- nestjs/nest; NATS Docs, "Client Protocol"; the modules name those of other carriers.

local calls = require("nest.calls")
local connections = require("nest.connections")
local declared = require("nest.declared")
local handing = require("nest.handing")
local http2 = require("nest.http2")
local kafka = require("nest.kafka")
local mqtt = require("nest.mqtt")
local nats = require("nest.nats")
local packets = require("nest.packets")
local rabbitmq = require("nest.rabbitmq")
local redis = require("nest.redis")
local tcp = require("nest.tcp")

local by_tcp_port = DissectorTable.get("tcp.port")

-- Return what gives the ports of a preference to a protocol, and takes earlier ones back.
local function keeper(protocol)
  local taken = ""
  return function(ports)
    if taken ~= "" then by_tcp_port:remove(taken, protocol) end
    taken = ports or ""
    if taken ~= "" then by_tcp_port:add(taken, protocol) end
  end
end

local keep_nest, keep_nats = keeper(declared.nest), keeper(declared.nats)

function declared.nest.init()
  calls.forget()
  packets.seen = false
  connections.forget()
end

function declared.nest.prefs_changed()
  keep_nest(declared.nest.prefs.ports)
  keep_nats(declared.nest.prefs.nats_ports)
end

declared.nest.dissector = tcp.dissect
declared.nats.dissector = nats.dissect
declared.carried.dissector = connections.dissect
declared.nest:register_heuristic("tcp", tcp.recognise)
declared.nats:register_heuristic("tcp", nats.recognise)
register_postdissector(declared.carried)
handing.register(rabbitmq, "amqp", 5672)
handing.register(mqtt, "mqtt", 1883)
handing.register(redis, "resp", 6379)
handing.register(kafka, "kafka", 9092)
handing.register(http2, "http2", 0)
