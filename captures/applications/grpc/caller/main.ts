/** A client that makes the calls in STEPS, one after another or at once. */

import { Metadata } from '@grpc/grpc-js';
import { ClientGrpc, ClientProxyFactory, Transport } from '@nestjs/microservices';
import { concatMap, delay, from, Observable, of } from 'rxjs';
import { calls, kept, now, type Call } from '../ledger';
import { options } from '../options';

/** A call: `together` makes several at once. */
interface Step {
  call?: string;
  /** What is sent: one message, or those of a stream. */
  data?: object;
  stream?: object[];
  metadata?: Record<string, string>;
  /** Milliseconds until its deadline. */
  deadline?: number;
  /** Milliseconds after which nobody wants the answer. */
  patience?: number;
  /** Values after which nobody wants more. */
  enough?: number;
  /** Milliseconds between the messages of a stream. */
  pause?: number;
  together?: Step[];
}

type Method = (...given: unknown[]) => Observable<object>;

const client = ClientProxyFactory.create({
  transport: Transport.GRPC,
  options,
} as never) as unknown as ClientGrpc & { close(): void };
const service = client.getService<Record<string, Method>>('Calculator');

function begin(step: Step): Observable<object> {
  const metadata = new Metadata();
  for (const [key, value] of Object.entries(step.metadata ?? {})) {
    metadata.set(key, value);
  }
  const rest = {
    ...(step.deadline && { deadline: Date.now() + step.deadline }),
  };
  const sent = step.stream
    ? from(step.stream).pipe(
        concatMap((each) => of(each).pipe(delay(step.pause ?? 20))),
      )
    : (step.data ?? {});
  return service[step.call!](sent, metadata, rest);
}

function take(step: Step): Promise<void> {
  if (step.together) {
    return Promise.all(step.together.map(take)).then(() => undefined);
  }
  const call: Call = {
    method: step.call!,
    sent: kept(step.stream ?? [step.data ?? {}]) as unknown[],
    metadata: step.metadata ?? {},
    began: now(),
    values: [],
    end: 'pending',
  };
  calls.push(call);
  return new Promise((resolve) => {
    const over = (end: Call['end']): void => {
      call.end = end;
      call.ended = now();
      resolve();
    };
    const subscription = begin(step).subscribe({
      next: (value) => {
        call.values.push(kept(value));
        if (call.values.length === step.enough) {
          setImmediate(() => {
            subscription.unsubscribe();
            over('left');
          });
        }
      },
      error: ({ code, details }: { code: number; details: string }) => {
        call.error = { code, details };
        over('error');
      },
      complete: () => over('completed'),
    });
    if (step.patience) {
      setTimeout(() => {
        subscription.unsubscribe();
        over('left');
      }, step.patience);
    }
  });
}

async function bootstrap(): Promise<void> {
  for (const step of JSON.parse(process.env.STEPS!) as Step[]) {
    await take(step);
  }
  client.close();
}

void bootstrap();
