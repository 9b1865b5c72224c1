// Asks the parsers of Nest's own libraries: one JSON line comes in, one goes out.
//
//     node oracle.mjs FOLDER        FOLDER holds node_modules with ws and socket.io
//
//     {"streams":[{"deflate":true,"chunks":["gYUSNFZ4…"]}],"messages":["42[\"a\"]"]}
//     {"streams":[[["text","aGVsbG8="]]],"messages":[{"type":2,"nsp":"/","data":["a"]}]}

import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import path from 'node:path';

const folder = path.resolve(process.argv[2], 'node_modules');
const require = createRequire(path.join(folder, 'index.js'));
const { Receiver } = require('ws');
const PerMessageDeflate = require(path.join(folder, 'ws/lib/permessage-deflate.js'));
const { decodePacket } = require('engine.io-parser');
const { Decoder } = require('socket.io-parser');

const shown = (data) => Buffer.from(data).toString('base64');

// What the receiver of ws finds in the bytes of a client, up to an error.
function received({ deflate, chunks }) {
  return new Promise((resolve) => {
    const found = [];
    const extensions = {};
    if (deflate) {
      const extension = new PerMessageDeflate({}, true);
      extension.accept([{}]);
      extensions[PerMessageDeflate.extensionName] = extension;
    }
    const receiver = new Receiver({ isServer: true, extensions, maxPayload: 1 << 24 });
    const note = (kind) => (data) => found.push([kind, shown(data)]);
    receiver.on('message', (data, binary) => note(binary ? 'binary' : 'text')(data));
    receiver.on('ping', note('ping'));
    receiver.on('pong', note('pong'));
    receiver.on('conclude', (code, reason) => {
      found.push(['close', `${code} ${reason}`]);
      resolve(found);
    });
    receiver.on('error', () => resolve([...found, ['error', '']]));
    receiver.on('finish', () => resolve(found));
    // All at once: after an error, the receiver stumbles over what is written to it.
    receiver.end(Buffer.concat(chunks.map((chunk) => Buffer.from(chunk, 'base64'))));
  });
}

// What the decoders of Engine.IO and Socket.IO read in a message.
function decoded(message) {
  const { type, data } = decodePacket(message, 'nodebuffer');
  if (type !== 'message') {
    return { engine: type };
  }
  const decoder = new Decoder();
  let found = null;
  decoder.on('decoded', (packet) => (found = packet));
  try {
    decoder.add(data);
  } catch {
    return { engine: 'error' };
  }
  const waiting = decoder.reconstructor?.reconPack;
  const packet = found ?? waiting;
  return packet
    ? {
        type: packet.type,
        nsp: packet.nsp,
        id: packet.id ?? null,
        data: packet.data ?? null,
        attachments: packet.attachments ?? 0,
      }
    : { engine: 'error' };
}

for await (const line of createInterface({ input: process.stdin })) {
  const { streams, messages } = JSON.parse(line);
  const said = {
    streams: await Promise.all(streams.map(received)),
    messages: messages.map(decoded),
  };
  process.stdout.write(`${JSON.stringify(said)}\n`);
}
