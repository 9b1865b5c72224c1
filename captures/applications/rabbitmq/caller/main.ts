/** A client that takes the steps in STEPS. */

import {
  ClientProxyFactory,
  RmqRecordBuilder,
  Transport,
} from '@nestjs/microservices';
import { run } from '../../brokers/steps';
import { broker } from '../broker';

function withHeaders(data: unknown, headers: Record<string, string>): unknown {
  return new RmqRecordBuilder(data).setOptions({ headers }).build();
}

void run(
  ClientProxyFactory.create({
    transport: Transport.RMQ,
    // What a client consumes are its replies, which it never acknowledges.
    options: { ...broker, noAck: true },
  }),
  withHeaders,
);
