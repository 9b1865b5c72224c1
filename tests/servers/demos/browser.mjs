/**
 * Clients of gateways in Node, told what to do by JSON lines on stdin:
 *
 *   {"open": "ada", "url": "http://…", "auth": {…}}     → {"open": "ada"} or {"error": …}
 *   {"plain": "bob", "url": "ws://…"}                   → {"open": "bob"}
 *   {"ask": "ada", "event": "sum", "data": [1]}         → {"ack": 1}
 *   {"emit": "ada", "event": "sum", "data": [1]}        → {}
 *   {"next": "ada"}                                     → {"heard": [event, data]}
 */
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const require = createRequire(`${process.env.NODE_PATH}/`);
const { io } = require('socket.io-client');
const WebSocket = require('ws');

const clients = new Map();

/** Keep what a client hears until it is asked for. */
function listener() {
  const heard = [];
  const waiting = [];
  return {
    hear: (event) => (waiting.length ? waiting.shift()(event) : heard.push(event)),
    next: () =>
      heard.length
        ? Promise.resolve(heard.shift())
        : new Promise((resolve) => waiting.push(resolve)),
  };
}

function open({ open: name, url, auth }) {
  const socket = io(url, { auth, transports: ['websocket'], forceNew: true });
  const { hear, next } = listener();
  socket.onAny((event, data) => hear([event, data ?? null]));
  const emit = (event, data) => socket.emit(event, data);
  const ask = (event, data) => socket.emitWithAck(event, data);
  clients.set(name, { emit, ask, next, close: () => socket.disconnect() });
  return new Promise((resolve) => {
    socket.once('connect', () => resolve({ open: name }));
    socket.once('connect_error', ({ message }) => {
      socket.disconnect();
      resolve({ error: message });
    });
  });
}

function plain({ plain: name, url }) {
  const socket = new WebSocket(url);
  const { hear, next } = listener();
  socket.on('message', (text) => hear(JSON.parse(text)));
  const emit = (event, data) => socket.send(JSON.stringify({ event, data }));
  clients.set(name, { emit, next, close: () => socket.close() });
  return new Promise((resolve) => socket.once('open', () => resolve({ open: name })));
}

async function obey(told) {
  if (told.open) {
    return open(told);
  }
  if (told.plain) {
    return plain(told);
  }
  if (told.ask) {
    return { ack: await clients.get(told.ask).ask(told.event, told.data) };
  }
  if (told.emit) {
    clients.get(told.emit).emit(told.event, told.data);
    return {};
  }
  return { heard: await clients.get(told.next).next() };
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await obey(JSON.parse(line)))}\n`);
}
clients.forEach((each) => each.close());
