/** Send what is typed, `ROOM TEXT`, and print what comes back. */
import { createInterface } from 'node:readline';
import { io } from 'socket.io-client';
import { CHAT_PORT } from '../../ports';

function print(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

async function run(): Promise<void> {
  const chat = io(`http://127.0.0.1:${CHAT_PORT}/main`, { transports: ['websocket'] });
  for await (const line of createInterface({ input: process.stdin })) {
    const [room, ...words] = line.split(' ');
    const recv = new Promise((resolve) => chat.once('recv', resolve));
    chat.emit('send', { room, text: words.join(' ') });
    print({ recv: await recv });
    print({ history: await chat.emitWithAck('history', { room }) });
  }
  chat.disconnect();
}

void run();
