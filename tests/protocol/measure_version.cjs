// Prints, as JSON, what one installed @nestjs/microservices does where others differ.
// The keys are those of protocol/versions.py; each value is measured, none is read.
'use strict';
const { EventEmitter } = require('node:events');
const { createRequire } = require('node:module');

const nest = createRequire(`${process.argv[2]}/`);
const { of, Subject } = nest('rxjs');
const { ClientTCP, Server, ServerTCP, TcpContext } = nest('@nestjs/microservices');
const inside = path => nest(`./node_modules/@nestjs/microservices/${path}.js`);
const { JsonSocket } = inside('helpers/json-socket');
const { IncomingResponseDeserializer } = inside(
  'deserializers/incoming-response.deserializer',
);
const { transformPatternToRoute } = inside('utils/transform-pattern.utils');

class Wire extends EventEmitter {
  paused = false;
  destroyed = false;
  writableLength = 0;
  write = () => false;
  end = () => this;
  pause = () => (this.paused = true);
  destroy = () => (this.destroyed = true);
}

class Replier extends Server {
  logger = { error: () => undefined };
}

const tick = () => new Promise(resolve => setImmediate(resolve));
const nested = depth => JSON.parse('{"a":'.repeat(depth) + '1' + '}'.repeat(depth));

function readSilently(bytes) {
  const wire = new Wire();
  let messages = 0;
  wire.on('message', () => (messages += 1)).on('error', () => undefined);
  new JsonSocket(wire);
  wire.emit('data', Buffer.from(bytes));
  return messages;
}

function paused() {
  const wire = new Wire();
  new JsonSocket(wire).sendMessage({});
  return wire.paused;
}

function loggedFor(text) {
  const wire = new Wire();
  const server = new ServerTCP({});
  let logged = '';
  server.handleError = error => (logged += error.message ?? error);
  server.bindHandler(wire);
  wire.emit('data', Buffer.from(text));
  return logged;
}

function destroyedAtShutdown() {
  const wire = new Wire();
  const server = new ServerTCP({});
  server.bindHandler(wire);
  server.close();
  return wire.destroyed;
}

function answersDeepPattern() {
  const request = { pattern: nested(20_000), id: '1' };
  const answering = new ServerTCP({}).handleMessage({ sendMessage: () => true }, request);
  return answering.then(
    () => true,
    () => false,
  );
}

async function survivesUnwritableReply() {
  let survived = true;
  process.once('unhandledRejection', () => (survived = false));
  new Replier().send(of(1), async () => JSON.stringify({ response: 1n }));
  await tick();
  await tick();
  process.removeAllListeners('unhandledRejection');
  return survived;
}

async function lateRepliesSent() {
  const values = new Subject();
  const sent = [];
  new Replier().send(values, async reply => {
    sent.push(reply);
    if (sent.length === 1) {
      Promise.resolve().then(() => values.next(2) ?? values.complete());
    }
  });
  values.next(1);
  await tick();
  return sent.length === 2 && sent[1].response === 2 && sent[1].isDisposed === true;
}

function depthOfRoutes() {
  const route = transformPatternToRoute(nested(50));
  return route.includes('MAX_DEPTH') ? route.split('{').length - 2 : null;
}

function keysOfRoutes() {
  for (let size = 1; size <= 100; size += 1) {
    const keys = Array.from({ length: size }, (_, index) => [`k${index}`, 1]);
    if (transformPatternToRoute(Object.fromEntries(keys)).includes('TOO_MANY')) {
      return size - 1;
    }
  }
  return null;
}

async function measure() {
  const socket = new JsonSocket(new Wire());
  const foreign = { response: 1, id: 'a', trace: 'b' };
  return {
    max_units: socket.maxBufferSize ?? null,
    incomplete_timeout_ns: socket.incompleteMessageTimeout * 1e6 || null,
    max_send_bytes: socket.maxSendBufferSize ?? null,
    pauses_reading: paused(),
    reads_by_recursion: readSilently('2#{}'.repeat(20_000)) < 20_000,
    masks_read_errors: !loggedFor('6#secret').includes('secret'),
    closes_connections: destroyedAtShutdown(),
    survives_deep_patterns: await answersDeepPattern(),
    survives_unwritable_replies: await survivesUnwritableReply(),
    keeps_late_replies: await lateRepliesSent(),
    carries_metadata:
      'setOnDispatchHook' in ClientTCP.prototype && 'getMetadata' in TcpContext.prototype,
    strict_replies: new IncomingResponseDeserializer().deserialize(foreign).response !== 1,
    route_max_depth: depthOfRoutes(),
    route_max_keys: keysOfRoutes(),
    escapes_routes: transformPatternToRoute({ a: '"' }).includes('\\"'),
  };
}

measure().then(measured => process.stdout.write(JSON.stringify(measured)));
