"""What brings packets from peer to peer, and how its bytes are read.

concealment  what hides secrets in what is read
base         what a carrier is: the interface, and the units that it finds
costs        what an exchange takes when nothing comes between
audiences    … and what some of these show of who gets what a broker is sent
detours      … and of why it hands something on: asked, late, or elsewhere
words        in which carriers say alike what a unit is
registry     the carriers that there are: built-in and third-party
guarding     third-party carriers, whose errors stop nothing …
checking     … what of theirs can be used …
watching     … and whether they hide channels
proxy_protocol  the header that a proxy sends ahead of a client's bytes
sessions     what passes in sessions of gateways, in which both sides ask
streamed     what passes in calls whose requests may be streams
framed       what carries frames that others may cut
brokered_talk  what talks of brokers have in common
hopping      what reads plain hops over a broker in one go
unary        … and plain calls where requests may be streams
foreign      names of protocols that no carrier here reads
opaque       Nest's frames around bodies that are not JSON
web/         HTTP and WebSocket as bytes, for carriers of both
grpc/        gRPC, between a client and a server
http/        HTTP, between a client and a server: what begins what Nest does
kafka/       Kafka, between a client and a broker
mqtt/        MQTT, between a client and a broker
nats/        NATS, between a client and its server
nest_tcp/    Nest's own TCP transport
redis/       Redis, between a client and its server
rabbitmq/    RabbitMQ, between a client and its broker
websocket/   WebSocket, between a client and a gateway of Nest's
testing      the properties to which every carrier is held …
samples      … on conversations, cut, disturbed and with bytes lost …
trial        … by talks that are held to their word
"""
