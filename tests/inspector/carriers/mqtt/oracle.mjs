// Asks the parser of mqtt.js: one JSON line with streams comes in, one with the packets
// in each goes out.
//
//     node oracle.mjs FOLDER        FOLDER holds node_modules with mqtt-packet
//
//     [{"level":5,"chunks":["MAsAA3N1bQB7fQ=="]}]
//     [[{"cmd":"publish","topic":"sum", …}]]

import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import path from 'node:path';

const require = createRequire(path.resolve(process.argv[2], 'index.js'));
const { parser } = require('mqtt-packet');

const text = (data) => (data === undefined ? null : Buffer.from(data).toString('base64'));

// What the packets of every type say, in one form; reason codes of packets that have
// none are 0, as the specification has it.
function said(packet, level) {
  const { cmd, properties = {} } = packet;
  const user = Object.entries(properties.userProperties ?? {});
  const common = { cmd, number: packet.messageId ?? 0 };
  switch (cmd) {
    case 'connect':
      return {
        cmd,
        level: packet.protocolVersion,
        client: packet.clientId,
        keepAlive: packet.keepalive,
        will: packet.will?.topic ?? '',
        secrets: [packet.will?.payload, packet.username, packet.password]
          .filter((each) => each !== undefined)
          .map(text),
      };
    case 'publish':
      return {
        ...common,
        topic: packet.topic,
        payload: text(packet.payload),
        flags: [packet.dup, packet.qos, packet.retain],
        alias: properties.topicAlias ?? null,
        user: user.flatMap(([name, value]) => [value].flat().map((each) => [name, each])),
      };
    case 'subscribe':
      return { ...common, topics: packet.subscriptions.map(({ topic }) => topic) };
    case 'unsubscribe':
      return { ...common, topics: packet.unsubscriptions };
    case 'suback':
      return { ...common, codes: packet.granted };
    case 'unsuback':
      return { ...common, codes: level === 5 ? packet.granted : [] };
    case 'pingreq':
    case 'pingresp':
      return { cmd };
    default:
      return { ...common, code: packet.reasonCode ?? packet.returnCode ?? 0 };
  }
}

function read({ level, chunks }) {
  const found = [];
  const reader = parser({ protocolVersion: level });
  reader.on('packet', (packet) => found.push(said(packet, level)));
  reader.on('error', (error) => found.push({ error: error.message }));
  for (const chunk of chunks) {
    reader.parse(Buffer.from(chunk, 'base64'));
  }
  return found;
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(JSON.parse(line).map(read))}\n`);
}
