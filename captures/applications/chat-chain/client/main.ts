/** Send what is typed, `ROOM TEXT`, and print what comes back; CLIENTS do so at once. */
import { createInterface } from 'node:readline';
import { io, type Socket } from 'socket.io-client';
import { CHAT_PORT } from '../../ports';

const CLIENTS = Number(process.env.CLIENTS ?? 1);

function print(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

function open(): Promise<Socket> {
  const url = `http://127.0.0.1:${CHAT_PORT}/main`;
  const chat = io(url, { transports: ['websocket'], forceNew: true });
  return new Promise((resolve) => chat.once('connect', () => resolve(chat)));
}

async function say(chat: Socket, room: string, text: string): Promise<void> {
  const recv = new Promise((resolve) => chat.once('recv', resolve));
  chat.emit('send', { room, text });
  print({ recv: await recv });
  print({ history: await chat.emitWithAck('history', { room }) });
}

async function run(): Promise<void> {
  const chats = await Promise.all(Array.from({ length: CLIENTS }, open));
  for await (const line of createInterface({ input: process.stdin })) {
    const [room, ...words] = line.split(' ');
    await Promise.all(chats.map((each) => say(each, room!, words.join(' '))));
  }
  chats.forEach((each) => each.disconnect());
}

void run();
