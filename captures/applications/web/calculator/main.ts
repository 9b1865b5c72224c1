import { NestFactory } from '@nestjs/core';
import { MicroserviceOptions, Transport } from '@nestjs/microservices';
import { CALC_PORT } from '../../ports';
import { CalculatorModule } from './calculator.module';

async function bootstrap(): Promise<void> {
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(
    CalculatorModule,
    {
      transport: Transport.TCP,
      options: { host: '127.0.0.1', port: CALC_PORT },
    },
  );
  process.once('SIGTERM', () => app.close());
  await app.listen();
}

void bootstrap();
