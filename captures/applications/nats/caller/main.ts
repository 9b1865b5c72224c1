/** A client that takes the steps in STEPS. */

import {
  ClientProxyFactory,
  NatsRecordBuilder,
  Transport,
} from '@nestjs/microservices';
import { run } from '../../brokers/steps';
import { broker } from '../broker';

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

function withHeaders(data: unknown, words: Record<string, string>): unknown {
  const headers = newHeaders();
  for (const [name, value] of Object.entries(words)) {
    headers.set(name, value);
  }
  return new NatsRecordBuilder(data).setHeaders(headers).build();
}

void run(
  ClientProxyFactory.create({ transport: Transport.NATS, options: broker }),
  withHeaders,
);
