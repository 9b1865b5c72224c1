/** Clients with the library `ws` that take the steps in STEPS, CLIENTS at once. */
import { known, received, status, take, type Sender } from '../../gateways/steps';

/** What is used of the library, which has no types of its own. */
interface WebSocket {
  on(event: string, listener: (...words: never[]) => void): void;
  send(text: string): void;
  close(code: number, reason: string): void;
}

// eslint-disable-next-line @typescript-eslint/no-require-imports
const Socket = require('ws') as new (url: string, options: object) => WebSocket;
const { CLIENTS, DEFLATE, HEADERS, PATH_, PORT } = process.env;
const GOING_AWAY = 4001;
const ends: Array<() => void> = [];

function connected(): Promise<Sender> {
  const socket = new Socket(`ws://127.0.0.1:${PORT}${PATH_ ?? '/ws'}`, {
    perMessageDeflate: DEFLATE ? { threshold: 0 } : false,
    headers: JSON.parse(HEADERS ?? '{}') as object,
  });
  const client = known();
  const sender: Sender = {
    client,
    emit: (event, [data]) => socket.send(JSON.stringify({ event, data })),
    ask: () => Promise.reject(new Error('ws has no acknowledgements')),
    text: (text) => socket.send(text),
  };
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(String(data)) as { event?: string; data?: unknown };
    if (message.event === undefined) {
      status(client, 'message', message);
    } else {
      received(client, message.event, [message.data]);
    }
  });
  socket.on('close', (code: number) => status(client, 'close', code));
  return new Promise((resolve, reject) => {
    socket.on('open', () => {
      ends.push(() => socket.close(GOING_AWAY, 'that is all'));
      resolve(sender);
    });
    socket.on('error', (error: Error) => {
      status(client, 'error', error.message);
      reject(error);
    });
  });
}

async function run(): Promise<void> {
  const count = Number(CLIENTS ?? 1);
  const senders = await Promise.all(Array.from({ length: count }, connected));
  await Promise.all(senders.map(take));
  ends.forEach((end) => end());
}

run().catch(() => undefined);
