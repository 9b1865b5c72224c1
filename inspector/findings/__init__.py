"""What a developer should know: what was seen to findings.

finding       one place that shows something
groups        equal findings as one
evidence      what findings are judged from
conclusions   … about many exchanges, when the last is over
chain_conclusions  … about requests and the calls that they cause
signs         what makes an exchange worth a look
habits        how patterns are used, to find what is out of habit
unread        requests that Nest never read, and why
strangers     frames that wait until it shows what they are
likeness      which pattern one without a handler may be meant for
subscriptions  what peers have subscribed to at brokers
subjects      which subjects NATS does not take for what was meant
objections    what a broker may object to, and why
broker_words  what is said differently of each broker …
kafka_words   … of Kafka, and what it objects to
mqtt_words    … of MQTT, and what it objects to
nats_words    … of NATS, and what nats-server does
rabbitmq_words  … of RabbitMQ, and what it does
redis_words   … of Redis, and what it does
cutting       clients that a broker cut off because they read too slowly
takeovers     clients whose session another took over
absent        who should have had what nobody had subscribed to
hanging       how far a call came over a broker that has no reply
servers       what to call a server, so that it is no other
rule          what a kind of finding is: gate, place, words
noticed       … that those who read the bytes have noticed
concluded     … that is judged when the last exchange is over
payload_rule  … about what an exchange carries
phrases       parts of sentences that several share
registry      the decorator that registers a kind
guarding      a third-party kind, with its errors contained
catalogue     all kinds, found in the rooms
index         … and what each is judged from
detective     asks their gates

The rooms hold one kind of finding in each module:

brokers/      what goes wrong on the way over a broker, whichever it is
grpc/         what gRPC says of calls, and gives up
kafka/        what Kafka says, takes and refuses, and how it is polled
mqtt/         what MQTT says, takes and refuses
nats/         what NATS says, takes and refuses
rabbitmq/     what RabbitMQ keeps, gives back and cannot hand on
redis/        what Redis takes and refuses
websocket/    what gateways and their clients say over WebSocket
calls/        requests, replies and events
chains/       what requests have to do with the calls that they cause
framing/      lengths and bodies, and how they arrive
network/      what TCP and the capture do
health/       what fails and what is slow
payloads/     what travels in data and response
"""
