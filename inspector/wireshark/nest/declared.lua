-- What Wireshark knows of us: our protocols, their fields, and what may be wrong.

local declared = {
  nest = Proto("nest", "NestJS Microservices"),
  nats = Proto("nest.nats", "NATS, as NestJS uses it"),
  http = Proto("nest.http", "HTTP, as it begins what NestJS does"),
  carried = Proto("nest.carried", "NestJS Microservices, under what other dissectors show"),
  handing = { -- by the dissector of Wireshark's that connections are handed to
    amqp = Proto("nest.amqp", "AMQP on any port"),
    http2 = Proto("nest.http2", "HTTP/2 on any port"),
    kafka = Proto("nest.kafka", "Kafka on any port"),
    mqtt = Proto("nest.mqtt", "MQTT on any port"),
    resp = Proto("nest.resp", "RESP on any port"),
  },
}

-- Fields of a packet of Nest's, whatever carries it.
declared.fields = {
  carrier = ProtoField.string("nest.carrier", "Carrier"),
  channel = ProtoField.string("nest.channel", "Channel"),
  namespace = ProtoField.string("nest.namespace", "Namespace"),
  way = ProtoField.string("nest.way", "Way"),
  leg = ProtoField.string("nest.leg", "Leg"),
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
  handler_time = ProtoField.relative_time("nest.handler_time", "Time since the delivery of the request"),
}

-- Fields of a control line of NATS.
declared.nats_fields = {
  verb = ProtoField.string("nest.nats.verb", "Verb"),
  subject = ProtoField.string("nest.nats.subject", "Subject"),
  reply_to = ProtoField.string("nest.nats.reply_to", "Reply to"),
  sid = ProtoField.string("nest.nats.sid", "Subscription"),
  queue_group = ProtoField.string("nest.nats.queue_group", "Queue group"),
  max_messages = ProtoField.string("nest.nats.max_messages", "Unsubscribe after messages"),
  header_size = ProtoField.uint32("nest.nats.header_size", "Bytes of the headers", base.DEC),
  size = ProtoField.uint32("nest.nats.size", "Bytes of headers and payload", base.DEC),
  status = ProtoField.uint16("nest.nats.status", "Status", base.DEC),
  header = ProtoField.string("nest.nats.header", "Header"),
  payload = ProtoField.bytes("nest.nats.payload", "Payload"),
  options = ProtoField.string("nest.nats.options", "Options"),
  error = ProtoField.string("nest.nats.error", "Error"),
}

-- Fields of requests of HTTP, and of what answers them.
declared.http_fields = {
  method = ProtoField.string("nest.http.method", "Method"),
  path = ProtoField.string("nest.http.path", "Path"),
  pattern = ProtoField.string("nest.http.pattern", "Pattern"),
  route = ProtoField.string("nest.http.route", "Route"),
  number = ProtoField.int32("nest.http.number", "Number of the request on its connection"),
  data = ProtoField.string("nest.http.data", "Data"),
  metadata = ProtoField.string("nest.http.metadata", "Metadata"),
  status = ProtoField.uint16("nest.http.status", "Status", base.DEC),
  event = ProtoField.string("nest.http.event", "Name of the event"),
  response = ProtoField.string("nest.http.response", "Response"),
  err = ProtoField.string("nest.http.err", "Error"),
  request_in = ProtoField.framenum("nest.http.request_in", "Request in", base.NONE, frametype.REQUEST),
  response_in = ProtoField.framenum("nest.http.response_in", "First response in", base.NONE, frametype.RESPONSE),
  time = ProtoField.relative_time("nest.http.time", "Time since the request"),
}

declared.experts = {
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

declared.nats_experts = {
  nobody = ProtoExpert.new("nest.nobody_subscribed", "Nobody has subscribed to the subject of the request",
    expert.group.RESPONSE_CODE, expert.severity.ERROR),
  broker = ProtoExpert.new("nest.broker_error", "The broker objects",
    expert.group.RESPONSE_CODE, expert.severity.ERROR),
  illegal = ProtoExpert.new("nest.illegal_channel", "Wrong arguments, such as a subject with a space: the broker closes the connection",
    expert.group.MALFORMED, expert.severity.ERROR),
  unreadable = ProtoExpert.new("nest.nats.unreadable", "Not a control line of NATS",
    expert.group.MALFORMED, expert.severity.WARN),
}

local function listed(by_name)
  local list = {}
  for _, item in pairs(by_name) do list[#list + 1] = item end
  return list
end

declared.nest.fields, declared.nest.experts = listed(declared.fields), listed(declared.experts)
declared.nats.fields, declared.nats.experts = listed(declared.nats_fields), listed(declared.nats_experts)

declared.http.fields = listed(declared.http_fields)

declared.nest.prefs.ports =
  Pref.range("TCP ports", "", "Ports that are Nest's although another dissector owns them", 65535)
declared.nest.prefs.nats_ports =
  Pref.range("NATS ports", "", "Ports that are a NATS server's although another dissector owns them", 65535)

return declared
