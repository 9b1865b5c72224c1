/** What a caller does: the steps in STEPS, a JSON array, one after another. */

import { setTimeout as pause } from 'node:timers/promises';
import type { ClientProxy } from '@nestjs/microservices';
import { catchError, lastValueFrom, of, timeout, type Observable } from 'rxjs';

export interface Step {
  /** The pattern of a message … */
  send?: unknown;
  /** … or of an event. */
  emit?: unknown;
  /** What it carries; a text of so many characters if `characters` is given. */
  data?: unknown;
  characters?: number;
  /** Headers of the carrier, or what it has like them. */
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

/** Makes what Nest sends with headers of the carrier. */
export type Builder = (data: unknown, headers: Record<string, string>) => unknown;

function payload(step: Step, build: Builder): unknown {
  const data = step.characters ? '求'.repeat(step.characters) : step.data ?? {};
  return step.headers ? build(data, step.headers) : data;
}

function begin(
  client: ClientProxy,
  step: Step,
  build: Builder,
): Observable<unknown> {
  return step.emit === undefined
    ? client.send(step.send as string, payload(step, build))
    : client.emit(step.emit as string, payload(step, build));
}

async function take(
  client: ClientProxy,
  step: Step,
  build: Builder,
): Promise<void> {
  if (step.metadata) {
    client.setOnDispatchHook?.((packet) => {
      packet.metadata = step.metadata as never;
    });
  }
  const together = step.together ?? [step];
  await Promise.all(
    together.map((each) => {
      const answer = begin(client, each, build).pipe(
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
export async function run(client: ClientProxy, build: Builder): Promise<void> {
  for (const step of JSON.parse(process.env.STEPS ?? '[]') as Step[]) {
    await take(client, step, build);
  }
  await client.close();
}
