import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MicroserviceOptions, Transport } from '@nestjs/microservices';
import { CALC_PORT } from '../../ports';
import { CalculatorController } from '../../seed/calculator/calculator.controller';
import { asked } from '../consul';
import { Registration } from './registration';

@Module({ controllers: [CalculatorController], providers: [Registration] })
class CalculatorModule {}

async function bootstrap(): Promise<void> {
  await asked('GET', 'catalog/services');
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
