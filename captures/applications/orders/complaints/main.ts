import { NestFactory } from '@nestjs/core';
import { MicroserviceOptions, Transport } from '@nestjs/microservices';
import { AMQP_URL, COMPLAINTS_PORT } from '../../ports';
import { DEAD } from '../contract';
import { ComplaintsModule } from './complaints.module';

async function bootstrap(): Promise<void> {
  const app = await NestFactory.create(ComplaintsModule);
  app.connectMicroservice<MicroserviceOptions>({
    transport: Transport.RMQ,
    options: { urls: [AMQP_URL], queue: DEAD, queueOptions: { durable: true } },
  });
  process.once('SIGTERM', () => app.close());
  await app.startAllMicroservices();
  await app.listen(COMPLAINTS_PORT, '127.0.0.1');
}

void bootstrap();
