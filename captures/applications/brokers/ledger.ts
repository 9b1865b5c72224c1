/**
 * What a process over a broker has seen itself, written when it exits.
 *
 * Values are JSON; what JSON does not have is an object with one key that begins with
 * `$`: `{"$undefined": true}`, `{"$error": …}`, and `{"$sha256": …, "$bytes": …}` for
 * a value whose JSON text is long.
 */
import { channel } from 'node:diagnostics_channel';
import { writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { kept, now } from './values';

export { kept, now };

type Counts = Record<string, number>;

/** A message or an event that the application sent. */
export interface Call {
  kind: 'message' | 'event';
  pattern: unknown;
  data: unknown;
  headers?: Record<string, string[]>;
  metadata?: unknown;
  /** Unix time, in seconds, as in all of the ledger. */
  began: number;
  /** When it ended for the application; missing if it never did. */
  ended?: number;
  /** Whether the client library took it: it refuses some subjects. */
  handed: boolean;
  values: unknown[];
  error?: unknown;
  /** `left`: the application no longer wanted the answer; `pending`: it got none. */
  end: 'pending' | 'completed' | 'error' | 'left';
}

/** A handler that ran. */
export interface Handled {
  /** The pattern of the handler, as it was subscribed to. */
  handler: string;
  /** Where it came, by the word of the carrier: a subject of NATS, a channel … */
  subject?: string;
  channel?: string;
  /** Where in it, where that has parts: a partition of Kafka, an offset in that. */
  partition?: number;
  offset?: string;
  data: unknown;
  headers?: Record<string, string[]>;
  at: number;
}

/** What was handed to the client library and what came from it, by subject. */
class Traffic {
  readonly published: Counts = {};
  readonly subscribed: Counts = {};
  readonly unsubscribed: Counts = {};
  readonly delivered: Counts = {};

  count(what: keyof Traffic & string, subject: string): void {
    const counts = this[what] as Counts;
    const name = subject.startsWith('_INBOX.') ? '_INBOX' : subject;
    counts[name] = (counts[name] ?? 0) + 1;
  }
}

interface Connection {
  local: number;
  broker: number;
  opened: number;
  closed?: number;
}

export const calls: Call[] = [];
export const handled: Handled[] = [];
export const traffic = new Traffic();
export const statuses: Array<{ at: number; status: unknown }> = [];
const connections: Connection[] = [];

/** Return the headers of NATS as an object, or nothing if there are none. */
export function keptHeaders(
  headers: Iterable<[string, string[]]> | undefined,
): Record<string, string[]> | undefined {
  return headers && Object.fromEntries(headers);
}

channel('net.client.socket').subscribe((message) => {
  const { socket } = message as { socket: Socket };
  socket.once('connect', () => {
    const connection: Connection = {
      local: socket.localPort!,
      broker: socket.remotePort!,
      opened: now(),
    };
    connections.push(connection);
    socket.once('close', () => {
      connection.closed = now();
    });
  });
});

process.on('exit', () => {
  const { BROKER, QUEUE, ROLE, PROGRAM } = process.env;
  const ledger = {
    role: ROLE,
    program: PROGRAM,
    broker: BROKER,
    queue: QUEUE || null,
    connections,
    statuses,
    calls,
    handled,
    ...traffic,
  };
  writeFileSync(process.env.TALLY!, JSON.stringify(ledger));
});
