import { NestFactory } from '@nestjs/core';
import { MicroserviceOptions, Transport } from '@nestjs/microservices';
import { AMQP_URL, WAREHOUSE_PORT } from '../../ports';
import { DEAD, QUEUE } from '../contract';
import { WarehouseModule } from './warehouse.module';

async function bootstrap(): Promise<void> {
  const app = await NestFactory.create(WarehouseModule);
  app.connectMicroservice<MicroserviceOptions>({
    transport: Transport.RMQ,
    options: {
      urls: [AMQP_URL],
      queue: QUEUE,
      queueOptions: {
        durable: true,
        deadLetterExchange: '', // the default one, which routes to queues
        deadLetterRoutingKey: DEAD,
      },
      noAck: false,
      prefetchCount: 1,
    },
  });
  process.once('SIGTERM', () => app.close());
  await app.startAllMicroservices();
  await app.listen(WAREHOUSE_PORT, '127.0.0.1');
}

void bootstrap();
