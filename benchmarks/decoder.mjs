// The real JsonSocket of Nest 12 on the frames of decoder.py: one line with the file
// of a stream, the size of its chunks and a number of rounds comes in, one with the
// seconds of each round and the messages goes out.

import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { createInterface } from 'node:readline';

const require = createRequire(path.resolve(process.argv[2], 'index.js'));
const { JsonSocket } = require('@nestjs/microservices/helpers/json-socket');

function read(chunks) {
  const socket = new EventEmitter();
  const reader = new JsonSocket(socket, { incompleteMessageTimeout: 0 });
  let messages = 0;
  reader.on('message', () => (messages += 1));
  const start = process.cpuUsage();
  for (const chunk of chunks) {
    socket.emit('data', chunk);
  }
  const { user, system } = process.cpuUsage(start);
  return { seconds: (user + system) / 1e6, messages };
}

for await (const line of createInterface({ input: process.stdin })) {
  const { file, size, rounds } = JSON.parse(line);
  const stream = readFileSync(file);
  const chunks = [];
  for (let start = 0; start < stream.length; start += size) {
    chunks.push(stream.subarray(start, start + size));
  }
  const results = Array.from({ length: rounds }, () => read(chunks));
  process.stdout.write(`${JSON.stringify(results)}\n`);
}
