/** Clients of Socket.IO that take the steps in STEPS, CLIENTS of them at once. */
import { io, type Socket } from 'socket.io-client';
import { known, received, status, take, type Sender } from '../../gateways/steps';

const { CLIENTS, HEADERS, NAMESPACE, PORT, QUERY, TOKEN, TRANSPORTS } = process.env;
const NEVER = ['connect_error'];

function connected(): Promise<Sender> {
  const socket: Socket = io(`http://127.0.0.1:${PORT}${NAMESPACE ?? ''}`, {
    transports: (TRANSPORTS ?? 'websocket').split(','),
    reconnection: false,
    forceNew: true,
    ...(TOKEN && { auth: { token: TOKEN } }),
    ...(QUERY && { query: JSON.parse(QUERY) as Record<string, string> }),
    ...(HEADERS && { extraHeaders: JSON.parse(HEADERS) as Record<string, string> }),
  });
  const client = known(NAMESPACE ?? '/');
  socket.onAny((event: string, ...sent: unknown[]) => {
    const answer = sent.at(-1);
    const asked = typeof answer === 'function';
    received(client, event, asked ? sent.slice(0, -1) : sent);
    if (asked) {
      (answer as (value: unknown) => void)(['answer', sent[0]]);
    }
  });
  socket.on('disconnect', (reason) => status(client, 'disconnect', reason));
  const sender: Sender = {
    client,
    emit: (event, sent) => void socket.emit(event, ...sent),
    ask: (event, sent, patience) => socket.timeout(patience).emitWithAck(event, ...sent),
    text: () => undefined,
  };
  return new Promise((resolve, reject) => {
    socket.once('connect', () => {
      status(client, 'connect');
      // The upgrade comes after the session has begun, if one is to come.
      const transports = (TRANSPORTS ?? '').split(',');
      if (transports.length > 1 && socket.io.engine.transport.name === 'polling') {
        socket.io.engine.once('upgrade', () => resolve(sender));
      } else {
        resolve(sender);
      }
    });
    for (const event of NEVER) {
      socket.once(event, (error: Error) => {
        status(client, event, error.message);
        reject(error);
      });
    }
  }).then((each) => {
    ends.push(() => socket.disconnect());
    return each as Sender;
  });
}

const ends: Array<() => void> = [];

async function run(): Promise<void> {
  const count = Number(CLIENTS ?? 1);
  const senders = await Promise.all(Array.from({ length: count }, connected));
  await Promise.all(senders.map(take));
  ends.forEach((end) => end());
}

run().catch(() => undefined);
