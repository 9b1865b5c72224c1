/**
 * What a gateway and its clients have seen themselves, written when they exit.
 *
 * Values are JSON as in the ledgers of brokers; bytes are `{"$bytes": 3}`.
 */
import { writeFileSync } from 'node:fs';
import { kept, now } from '../brokers/values';

/** An event that a client sent. */
export interface Call {
  event: string;
  data: unknown;
  /** Whether it asked for an acknowledgement. */
  asked: boolean;
  began: number;
  ended?: number;
  answer?: unknown;
  end: 'completed' | 'pending' | 'sent';
}

/** An event that came, to whichever side. */
export interface Seen {
  event: string;
  data: unknown;
  at: number;
  /** Of a gateway: what its handler threw. */
  threw?: string;
  /** Whether it asked for an acknowledgement, and was given one. */
  answered?: boolean;
}

/** A client: one session, with whatever connections that takes. */
export interface Client {
  namespace: string;
  calls: Call[];
  received: Seen[];
  /** What its library said of the connection. */
  statuses: Array<{ at: number; status: string; detail?: unknown }>;
}

export const clients: Client[] = [];
export const handled: Seen[] = [];

/** Return a value as the ledger holds it. */
export function shown(value: unknown): unknown {
  if (value instanceof Uint8Array) {
    return { $bytes: value.byteLength };
  }
  if (Array.isArray(value)) {
    return value.map(shown);
  }
  if (value !== null && typeof value === 'object' && !(value instanceof Error)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [key, shown(each)]),
    );
  }
  return kept(value);
}

/** Note that a handler runs; what it throws is noted too. */
export async function noted<T>(
  event: string,
  data: unknown,
  handle: () => T | Promise<T>,
): Promise<T> {
  const seen: Seen = { event, data: shown(data), at: now() };
  handled.push(seen);
  try {
    return await handle();
  } catch (error) {
    seen.threw = String((error as Error).message);
    throw error;
  }
}

process.on('exit', () => {
  const { ROLE, PROGRAM } = process.env;
  const ledger = { role: ROLE, program: PROGRAM, clients, handled };
  writeFileSync(process.env.TALLY!, JSON.stringify(ledger));
});
