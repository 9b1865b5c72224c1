// Asks real Nest: one JSON line with questions comes in, one with the answers goes out.
//
//     node oracle.mjs FOLDER        FOLDER holds node_modules with a Nest
//
//     {"ask":"streams","items":[{"chunks":["MiN7fQ=="],"limit":30}]}
//     {"answers":[{"events":[["message","{}"]],"units":0,"length":null}]}
//
// Everything that answers is Nest's own class, on a socket that only remembers what
// was done to it. Values are told in a canonical spelling (see `spell`), so that what
// JSON.stringify would lose or respell can be compared too.

import { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import path from 'node:path';

const require = createRequire(path.resolve(process.argv[2], 'index.js'));
const { Logger } = require('@nestjs/common');
const { BaseRpcExceptionFilter, ClientTCP, RpcException, ServerTCP } = require(
  '@nestjs/microservices',
);
const { JsonSocket } = require('@nestjs/microservices/helpers/json-socket');
const { transformPatternToRoute } = require(
  '@nestjs/microservices/utils/transform-pattern.utils',
);
const { concat, EMPTY, from, of, timer, throwError } = require('rxjs');
const { ignoreElements, map } = require('rxjs/operators');

Logger.overrideLogger(false);

const LONGEST = 2 ** 53; // code units that nobody will ever receive

class Socket extends EventEmitter {
  ended = 0;
  written = [];
  end() {
    this.ended += 1;
  }
  destroy() {
    this.ended += 1;
  }
  write(text) {
    this.written.push(text);
    return true;
  }
}

// A value as text: keys sorted by code units, numbers in JavaScript's spelling, lone
// surrogates escaped, `undefined` told. It keeps a stack of its own: values nest deep.
function spell(root) {
  const out = [];
  const todo = [{ value: root }];
  while (todo.length > 0) {
    const { text, value } = todo.pop();
    if (text !== undefined) {
      out.push(text);
    } else if (typeof value === 'object' && value !== null) {
      todo.push(...members(value).reverse());
    } else {
      out.push(typeof value === 'string' ? JSON.stringify(value) : String(value));
    }
  }
  return out.join('');
}

function members(value) {
  if (Array.isArray(value)) {
    const items = value.flatMap((item) => [{ text: ',' }, { value: item }]);
    return [{ text: '[' }, ...items.slice(1), { text: ']' }];
  }
  const items = Object.keys(value)
    .sort()
    .flatMap((key) => [
      { text: ',' },
      { text: `${JSON.stringify(key)}:` },
      { value: value[key] },
    ]);
  return [{ text: '{' }, ...items.slice(1), { text: '}' }];
}

const ERRORS = [
  ['Corrupted length value', 'length'],
  ['Could not parse JSON', 'json'],
  ['The packet length', 'limit'],
  ['Maximum call stack', 'stack'],
];

function kindOfError(message) {
  const known = ERRORS.find(([start]) => message.startsWith(start));
  return known ? known[1] : message;
}

// What JsonSocket emits for chunks, one after the other, and what it holds behind them.
function readStream({ chunks, limit }) {
  const socket = new Socket();
  const reader = new JsonSocket(socket, {
    maxBufferSize: limit ?? undefined,
    incompleteMessageTimeout: 0,
  });
  const events = [];
  reader.on('message', (message) => events.push(['message', spell(message)]));
  reader.on('error', (message) => events.push(['error', kindOfError(message)]));
  for (const chunk of chunks) {
    socket.emit('data', Buffer.from(chunk, 'base64'));
    events.push(['read', socket.ended]);
  }
  const length = reader.contentLength;
  return {
    events,
    units: reader.buffer.length,
    length: length === null ? null : Math.min(length, LONGEST),
  };
}

// What a server does with a message: under which name it looks for a handler, what the
// handler gets, and the id that comes back with its result, null where nothing does.
async function serveMessage(text) {
  const seen = { route: null, data: null, metadata: null, id: null };
  const server = new ServerTCP({});
  server.getHandlerByPattern = (pattern) => {
    seen.route = JSON.stringify(String(server.getRouteFromPattern(pattern)));
    return async (data, context) => {
      seen.data = spell(data);
      seen.metadata = spell(context.getMetadata?.());
      return 'done';
    };
  };
  const socket = new Socket();
  await server.handleMessage(new JsonSocket(socket), JSON.parse(text) || {});
  await new Promise(setImmediate);
  for (const frame of socket.written) {
    seen.id = spell(JSON.parse(frame.slice(frame.indexOf('#') + 1)).id);
  }
  return seen;
}

// What a client does with a message: which call it is for, and what the call gets.
async function takeReply(text) {
  const taken = { id: null, err: null, response: null, ended: null };
  const client = new ClientTCP({});
  client.routingMap.get = (id) => {
    taken.id = spell(id);
    return id === undefined ? undefined : ({ err, response, isDisposed }) => {
      Object.assign(taken, {
        err: spell(err),
        response: spell(response),
        ended: isDisposed === true,
      });
    };
  };
  await client.handleResponse(JSON.parse(text) || {});
  return taken;
}

async function lookUp(text) {
  const { route } = await serveMessage(`{"pattern":${text},"data":1}`);
  return route;
}

// The name under which a handler is registered, and which `emit` sends.
function nameOf(text) {
  return JSON.stringify(String(transformPatternToRoute(JSON.parse(text))));
}

// What JsonSocket writes for a message.
function writeFrame(text) {
  const socket = new Socket();
  new JsonSocket(socket).sendMessage(JSON.parse(text));
  return socket.written.join('');
}

// What a client writes for a call, its random id replaced by "1".
async function writeCall({ verb, pattern, data }) {
  const socket = new Socket();
  const client = new ClientTCP({});
  client.connect = async () => {};
  client.socket = new JsonSocket(socket);
  client.assignPacketId = (packet) => Object.assign(packet, { id: '1' });
  client[verb](JSON.parse(pattern), JSON.parse(data)).subscribe();
  await new Promise(setImmediate);
  return socket.written;
}

const later = (value) => timer(5).pipe(map(() => value));
const thrown = (error) => () => new BaseRpcExceptionFilter().catch(error);

const HANDLERS = {
  'returns 6': async () => 6,
  'returns null': async () => null,
  'returns undefined': async () => undefined,
  'returns an empty string': async () => '',
  'returns {"a":undefined}': async () => ({ a: undefined }),
  'returns NaN': async () => NaN,
  'returns a Date': async () => new Date(0),
  'returns a Buffer': async () => Buffer.from('é'),
  'returns a Map': async () => new Map([['a', 1]]),
  'returns text with all kinds of characters': async () => 'a é 求 😀 \ud83d "\\',
  'returns an Observable of 1': async () => of(1),
  'returns an Observable of 1, 2, 3': async () => from([1, 2, 3]),
  'returns an Observable without a value': async () => EMPTY,
  'returns an Observable of null': async () => of(null),
  'returns an Observable of undefined, then 1': async () => of(undefined, 1),
  'returns an Observable of 1, and 2 some time later': async () => concat(of(1), later(2)),
  'returns an Observable of 1 that ends some time later': async () =>
    concat(of(1), timer(5).pipe(ignoreElements())),
  'returns an Observable of 1, 2 that fails with a text': async () =>
    concat(of(1, 2), throwError(() => 'no')),
  'throws RpcException("no")': thrown(new RpcException('no')),
  'throws RpcException({"code":42})': thrown(new RpcException({ code: 42 })),
  'throws RpcException(["a"])': thrown(new RpcException(['a'])),
  'throws RpcException(7)': thrown(new RpcException(7)),
  'throws RpcException("")': thrown(new RpcException('')),
  'throws Error("secret")': thrown(new Error('secret')),
  'throws a text': thrown('secret'),
};

// What a server writes for the request with the id "1" that a handler of HANDLERS gets.
async function writeAnswers(name) {
  const socket = new Socket();
  const server = new ServerTCP({});
  server.addHandler('call', HANDLERS[name]);
  const message = { pattern: 'call', data: 1, id: '1' };
  await server.handleMessage(new JsonSocket(socket), message);
  await new Promise((done) => setTimeout(done, 50));
  return socket.written;
}

const answering = {
  handlers: () => Object.keys(HANDLERS),
  frames: writeFrame,
  calls: writeCall,
  answers: writeAnswers,
  streams: readStream,
  served: serveMessage,
  replies: takeReply,
  routes: lookUp,
  names: nameOf,
};

for await (const line of createInterface({ input: process.stdin })) {
  const { ask, items } = JSON.parse(line);
  const answers = await Promise.all(items.map(answering[ask]));
  process.stdout.write(`${JSON.stringify({ answers })}\n`);
}
