/** A client that takes the steps in STEPS, a JSON array, one after another. */

import { setTimeout as pause } from 'node:timers/promises';
import { ClientProxyFactory, Transport } from '@nestjs/microservices';
import { catchError, lastValueFrom, of, timeout, type Observable } from 'rxjs';
import { options } from '../codecs';

interface Step {
  /** The pattern of a message … */
  send?: unknown;
  /** … or of an event. */
  emit?: unknown;
  data?: unknown;
  /** Milliseconds after which a message without a reply is given up. */
  patience?: number;
  /** Milliseconds to wait after it. */
  pause?: number;
  /** Whether the connection is closed after it; the next step opens another. */
  close?: boolean;
}

const client = ClientProxyFactory.create({
  transport: Transport.TCP,
  options,
});
let count = 0;
if (process.env.TENANT) {
  client.setOnDispatchHook((packet) => {
    packet.metadata = { tenant: `${process.env.TENANT}-${count % 2}` };
  });
}

function take(step: Step): Observable<unknown> {
  const data = step.data ?? {};
  return step.emit === undefined
    ? client.send(step.send as string, data)
    : client.emit(step.emit as string, data);
}

async function run(): Promise<void> {
  for (const step of JSON.parse(process.env.STEPS ?? '[]') as Step[]) {
    const answer = take(step).pipe(
      timeout(step.patience ?? 20_000),
      catchError((error) => of(error)),
    );
    await lastValueFrom(answer, { defaultValue: null });
    count += 1;
    await pause(step.pause ?? 0);
    if (step.close) {
      await client.close();
      await pause(50);
    }
  }
  await pause(50);
  await client.close();
}

void run();
