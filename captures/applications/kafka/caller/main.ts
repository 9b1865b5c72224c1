/**
 * A client that takes the steps in STEPS.
 *
 * The headers of a step are those of a record, but for `key`; where its data is an array
 * and they have a `batch`, each item is an event of one batch.
 */

import { ClientKafka, type ClientProxy } from '@nestjs/microservices';
import { run, type Step } from '../../brokers/steps';
import { options } from '../broker';

class Batch {
  constructor(readonly messages: object[]) {}
}

function record(data: unknown, words: Record<string, string>): unknown {
  const { batch, key, ...headers } = words;
  if (batch !== undefined) {
    return new Batch(
      (data as unknown[]).map((value, index) => ({ key: `${index}`, value, headers })),
    );
  }
  return { value: data, headers, ...(key && { key }) };
}

/** Sends what is a batch as one. */
class Client extends ClientKafka {
  override emit<Result, Input>(pattern: string, data: Input) {
    return data instanceof Batch
      ? super.emitBatch<Result, object>(pattern, { messages: data.messages })
      : super.emit<Result, Input>(pattern, data);
  }
}

function* patterns(steps: Step[]): Iterable<string> {
  for (const step of steps) {
    if (step.together) {
      yield* patterns(step.together);
    } else if (step.send !== undefined) {
      yield step.send as string;
    }
  }
}

async function main(): Promise<void> {
  const client = new Client(options);
  const steps = JSON.parse(process.env.STEPS ?? '[]') as Step[];
  for (const pattern of new Set(patterns(steps))) {
    client.subscribeToResponseOf(pattern);
  }
  await client.connect();
  await run(client as unknown as ClientProxy, record);
}

void main();
