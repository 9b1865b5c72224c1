/** Values and times as ledgers hold them. */
import { createHash } from 'node:crypto';

const LONG = 1_000; // characters of JSON that a ledger holds of one value

/** Return the Unix time in seconds, with what microseconds the clock has. */
export function now(): number {
  const milliseconds = performance.timeOrigin + performance.now();
  return Math.round(milliseconds * 1_000) / 1_000_000;
}

/** Return a value as the ledger holds it, unaffected by what happens to it later. */
export function kept(value: unknown): unknown {
  if (value instanceof Error) {
    return { $error: value.constructor.name, message: value.message };
  }
  const text = JSON.stringify(value);
  if (text === undefined) {
    return { $undefined: true };
  }
  if (text.length > LONG) {
    const digest = createHash('sha256').update(text).digest('hex');
    return { $sha256: digest, $bytes: Buffer.byteLength(text) };
  }
  return JSON.parse(text);
}
