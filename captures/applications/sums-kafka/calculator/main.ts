import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MicroserviceOptions, Transport } from '@nestjs/microservices';
import { CALC_HTTP_PORT } from '../../ports';
import { options } from '../options';
import { CalculatorController } from './calculator.controller';

@Module({ controllers: [CalculatorController] })
class CalculatorModule {}

async function bootstrap(): Promise<void> {
  const app = await NestFactory.create(CalculatorModule);
  app.connectMicroservice<MicroserviceOptions>({
    transport: Transport.KAFKA,
    options,
  });
  process.once('SIGTERM', () => app.close());
  await app.startAllMicroservices();
  await app.listen(CALC_HTTP_PORT, '127.0.0.1');
}

void bootstrap();
