import { NestFactory } from '@nestjs/core';
import { MicroserviceOptions, Transport } from '@nestjs/microservices';
import { CALC_HTTP_PORT, CALC_PORT, NATS_URL } from '../../ports';
import { CalculatorModule } from './calculator.module';

async function bootstrap(): Promise<void> {
  const app = await NestFactory.create(CalculatorModule);
  app.connectMicroservice<MicroserviceOptions>({
    transport: Transport.TCP,
    options: { host: '127.0.0.1', port: CALC_PORT },
  });
  app.connectMicroservice<MicroserviceOptions>({
    transport: Transport.NATS,
    options: { servers: [NATS_URL], queue: 'calc' },
  });
  process.once('SIGTERM', () => app.close());
  await app.startAllMicroservices();
  await app.listen(CALC_HTTP_PORT, '127.0.0.1');
}

void bootstrap();
