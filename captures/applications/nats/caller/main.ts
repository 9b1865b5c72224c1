/** A client that takes the steps in STEPS. */

import { ClientProxyFactory, Transport } from '@nestjs/microservices';
import { broker } from '../broker';
import { run } from '../steps';

void run(
  ClientProxyFactory.create({ transport: Transport.NATS, options: broker }),
);
