/** What a caller does: the steps in STEPS, a JSON array, one after another. */

import { setTimeout as pause } from 'node:timers/promises';
import { ClientProxy, NatsRecordBuilder } from '@nestjs/microservices';
import { catchError, lastValueFrom, of, timeout, type Observable } from 'rxjs';

export interface Step {
  /** The pattern of a message … */
  send?: unknown;
  /** … or of an event. */
  emit?: unknown;
  /** What it carries; a text of so many characters if `characters` is given. */
  data?: unknown;
  characters?: number;
  /** Headers of NATS. */
  headers?: Record<string, string>;
  /** What a hook of Nest 12 attaches to the packet. */
  metadata?: unknown;
  /** Milliseconds after which a message without an answer is given up. */
  patience?: number;
  /** Milliseconds to wait after it. */
  pause?: number;
  /** Steps that begin at once; the rest of the step is for all of them. */
  together?: Step[];
}

const PAUSE = 60; // so that what ends a call is sent before the next begins

/** The packages in which a Nest looks for the client library. */
const LIBRARIES = ['@nats-io/transport-node', 'nats'];

function newHeaders(): { set(name: string, value: string): void } {
  for (const library of LIBRARIES) {
    try {
      return require(library).headers();
    } catch {
      // It is the library of another Nest.
    }
  }
  throw new Error('no client library of NATS is installed');
}

function payload(step: Step): unknown {
  const data = step.characters ? '求'.repeat(step.characters) : step.data ?? {};
  if (step.headers === undefined) {
    return data;
  }
  const headers = newHeaders();
  for (const [name, value] of Object.entries(step.headers)) {
    headers.set(name, value);
  }
  return new NatsRecordBuilder(data).setHeaders(headers).build();
}

function begin(client: ClientProxy, step: Step): Observable<unknown> {
  return step.emit === undefined
    ? client.send(step.send as string, payload(step))
    : client.emit(step.emit as string, payload(step));
}

async function take(client: ClientProxy, step: Step): Promise<void> {
  if (step.metadata) {
    client.setOnDispatchHook?.((packet) => {
      packet.metadata = step.metadata as never;
    });
  }
  const together = step.together ?? [step];
  await Promise.all(
    together.map((each) => {
      const answer = begin(client, each).pipe(
        timeout(each.patience ?? 20_000),
        catchError((error) => of(error)),
      );
      return lastValueFrom(answer, { defaultValue: null });
    }),
  );
  client.setOnDispatchHook?.(() => {});
  await pause(step.pause ?? PAUSE);
}

/** Take all steps, and close the client. */
export async function run(client: ClientProxy): Promise<void> {
  for (const step of JSON.parse(process.env.STEPS ?? '[]') as Step[]) {
    await take(client, step);
  }
  await client.close();
}
