/**
 * What a process over gRPC has seen itself, written when it exits.
 *
 * Buffers are `{"$bytes": …}` in base64; texts of more than 1,000 characters are
 * `{"$characters": …}`.
 */
import { writeFileSync } from 'node:fs';

/** A call that the application made. */
export interface Call {
  method: string;
  /** What was sent: one message, or those of a stream. */
  sent: unknown[];
  metadata: Record<string, string>;
  /** Unix time, in seconds, as in all of the ledger. */
  began: number;
  ended?: number;
  values: unknown[];
  error?: { code: number; details: string };
  /** `left`: the application no longer wanted the answer; `pending`: it got none. */
  end: 'pending' | 'completed' | 'error' | 'left';
}

/** A handler that ran. */
export interface Handled {
  method: string;
  data: unknown;
  at: number;
}

export const calls: Call[] = [];
export const handled: Handled[] = [];

export const now = (): number => Date.now() / 1000;

export function kept(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_key, each: unknown) => {
      if (typeof each === 'string' && each.length > 1_000) {
        return { $characters: each.length };
      }
      const buffer = each as { type?: string; data?: number[] } | null;
      return buffer?.type === 'Buffer'
        ? { $bytes: Buffer.from(buffer.data!).toString('base64') }
        : each;
    }),
  );
}

process.on('exit', () => {
  const { ROLE, PROGRAM } = process.env;
  const ledger = { role: ROLE, program: PROGRAM, calls, handled };
  writeFileSync(process.env.TALLY!, JSON.stringify(ledger));
});
