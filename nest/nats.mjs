// Asks real Nest over a real nats-server, in the lines of JSON of oracle.mjs.
//
//     node nats.mjs FOLDER nats://127.0.0.1:4222
//
//     {"ask":"requests","items":[{"subject":"sum","payload":"{\"data\":1}"}]}
//     {"ask":"replies","items":["{\"response\":6,\"id\":\"1\"}"]}
//
// A server and a client of Nest's own speak with a bare client of the broker. What comes
// later than something else was sent later, so a question is over when one that was sent
// behind it was answered, or the broker has answered a ping: nothing waits for a time.

import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import path from 'node:path';

const [, , folder, url] = process.argv;
const require = createRequire(path.resolve(folder, 'index.js'));
const { Logger } = require('@nestjs/common');
const { ClientNats, ServerNats } = require('@nestjs/microservices');
const { connect } = library();

Logger.overrideLogger(false);

const END = '{"pattern":"end","data":"end","id":"end"}';
const TURNS = 20; // of the event loop, in which promises that are settled go on

// The library of NATS that this Nest loads.
function library() {
  try {
    return require('@nats-io/transport-node');
  } catch {
    return require('nats');
  }
}

let uncaught = 0;
process.on('uncaughtException', () => (uncaught += 1));
process.on('unhandledRejection', () => (uncaught += 1));

async function settle() {
  for (let turn = 0; turn < TURNS; turn += 1) {
    await new Promise(setImmediate);
  }
}

const text = (message) => Buffer.from(message.data).toString();

// A value with its keys sorted, so that it is spelt in one way.
function sorted(value) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return value;
  }
  const members = Object.keys(value).sort().map((key) => [key, sorted(value[key])]);
  return Object.fromEntries(members);
}

// What a server does with payloads: which handler runs, with what, and what is answered.
async function serve(items) {
  const ran = [];
  const server = new ServerNats({ servers: [url] });
  const names = { sum: 'sum', 'w.*': 'w.*', obj: { cmd: 'a', v: 1 } };
  const handle = (handler) => async (data) => {
    if (data !== 'end') {
      ran.push({ handler, ...(data !== undefined && { data: sorted(data) }) });
    }
    return data;
  };
  for (const [name, pattern] of Object.entries(names)) {
    server.addHandler(pattern, handle(name));
  }
  server.addHandler('log', handle('log event'), true);
  await new Promise((done) => server.listen(done));
  await server.natsClient.flush();
  const bare = await connect({ servers: url });
  const answers = [];
  for (const [number, { subject, payload }] of items.entries()) {
    answers.push(await serveOne(bare, ran, `_INBOX.q${number}`, subject, payload));
  }
  await bare.close();
  await server.close();
  return answers;
}

async function serveOne(bare, ran, inbox, subject, payload) {
  ran.length = uncaught = 0;
  const replies = [];
  bare.subscribe(inbox, { callback: (_, message) => replies.push(text(message)) });
  const ended = new Promise((done) =>
    bare.subscribe(`${inbox}.end`, { max: 1, callback: done }),
  );
  bare.publish(subject, Buffer.from(payload), { reply: inbox });
  bare.publish(subject, END, { reply: `${inbox}.end` });
  await ended;
  await bare.flush();
  await settle();
  return { answers: replies, ran: [...ran], uncaught: uncaught > 0 };
}

// What a caller is given for payloads on its inbox; the id of each request is "1".
async function call(items) {
  const client = new ClientNats({ servers: [url] });
  client.assignPacketId = (packet) => Object.assign(packet, { id: '1' });
  await client.connect();
  const bare = await connect({ servers: url });
  const asked = [];
  bare.subscribe('ask', { callback: (_, message) => asked.push(message) });
  await bare.flush();
  const answers = [];
  for (const payload of items) {
    answers.push(await callOne(client, bare, asked, payload));
  }
  await bare.close();
  await client.close();
  return answers;
}

async function callOne(client, bare, asked, payload) {
  asked.length = uncaught = 0;
  const seen = { ended: null, uncaught: false, values: [] };
  const call = client.send('ask', 1).subscribe({
    next: (value) =>
      seen.values.push(value === undefined ? { undefined: true } : { value: sorted(value) }),
    error: (error) => {
      seen.ended = 'error';
      seen.error = error instanceof Error ? error.constructor.name : error;
    },
    complete: () => (seen.ended = 'complete'),
  });
  while (asked.length === 0) {
    await settle();
    await client.natsClient.flush();
    await bare.flush();
  }
  bare.publish(asked[0].reply, Buffer.from(payload));
  await bare.flush();
  await client.natsClient.flush();
  await settle();
  seen.uncaught = uncaught > 0;
  call.unsubscribe();
  return seen;
}

const answering = { requests: serve, replies: call };

for await (const line of createInterface({ input: process.stdin })) {
  const { ask, items } = JSON.parse(line);
  const answers = await answering[ask](items);
  process.stdout.write(`${JSON.stringify({ answers })}\n`);
}
