/** What clients do: the steps in STEPS, a JSON array, one after another. */
import { setTimeout as pause } from 'node:timers/promises';
import { type Call, type Client, clients, shown } from './ledger';
import { now } from '../brokers/values';

export interface Step {
  /** An event that asks for an acknowledgement … */
  ask?: string;
  /** … or does not. */
  emit?: string;
  /** What it carries: an argument, several, or so many bytes or characters. */
  data?: unknown;
  several?: unknown[];
  bytes?: number;
  characters?: number;
  /** A text that is no event. */
  text?: string;
  /** Milliseconds after which an acknowledgement is given up. */
  patience?: number;
  /** Milliseconds to wait after it. */
  pause?: number;
  /** Steps that begin at once. */
  together?: Step[];
}

/** What a client can do, whatever its library. */
export interface Sender {
  client: Client;
  emit(event: string, values: unknown[]): void;
  ask(event: string, values: unknown[], patience: number): Promise<unknown>;
  text(text: string): void;
}

const PAUSE = 60;

export function known(namespace = '/'): Client {
  const client: Client = { namespace, calls: [], received: [], statuses: [] };
  clients.push(client);
  return client;
}

function values(step: Step): unknown[] {
  if (step.several) {
    return step.several;
  }
  if (step.bytes !== undefined) {
    return [{ name: 'file', content: Buffer.alloc(step.bytes, 'é') }];
  }
  if (step.characters !== undefined) {
    return ['求'.repeat(step.characters)];
  }
  return step.data === undefined ? [] : [step.data];
}

async function begin(sender: Sender, step: Step): Promise<void> {
  if (step.text !== undefined) {
    sender.text(step.text);
    return;
  }
  const event = (step.ask ?? step.emit)!;
  const sent = values(step);
  const call: Call = {
    event,
    data: shown(sent.length > 1 ? sent : sent[0]),
    asked: step.ask !== undefined,
    began: now(),
    end: step.ask === undefined ? 'sent' : 'pending',
  };
  sender.client.calls.push(call);
  if (!call.asked) {
    sender.emit(event, sent);
    return;
  }
  try {
    call.answer = shown(await sender.ask(event, sent, step.patience ?? 5_000));
    Object.assign(call, { end: 'completed', ended: now() });
  } catch {
    call.ended = now();
  }
}

/** Take all steps with one client. */
export async function take(sender: Sender): Promise<void> {
  for (const step of JSON.parse(process.env.STEPS ?? '[]') as Step[]) {
    const together = step.together ?? [step];
    await Promise.all(together.map((each) => begin(sender, each)));
    await pause(step.pause ?? PAUSE);
  }
}

/** Note what a client's library says of its connection. */
export function status(client: Client, words: string, detail?: unknown): void {
  client.statuses.push({ at: now(), status: words, detail: shown(detail) });
}

/** Note an event that came. */
export function received(client: Client, event: string, sent: unknown[]): void {
  const data = shown(sent.length > 1 ? sent : sent[0]);
  client.received.push({ event, data, at: now() });
}
