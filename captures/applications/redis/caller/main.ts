/** A client that takes the steps in STEPS. */

import { ClientProxyFactory, Transport } from '@nestjs/microservices';
import { run } from '../../brokers/steps';
import { broker } from '../broker';

void run(
  ClientProxyFactory.create({ transport: Transport.REDIS, options: broker }),
  (data) => data,
);
