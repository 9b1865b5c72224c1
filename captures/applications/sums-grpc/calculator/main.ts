import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MicroserviceOptions, Transport } from '@nestjs/microservices';
import { options } from '../options';
import { CalculatorController } from './calculator.controller';

@Module({ controllers: [CalculatorController] })
class CalculatorModule {}

async function bootstrap(): Promise<void> {
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(
    CalculatorModule,
    { transport: Transport.GRPC, options },
  );
  process.once('SIGTERM', () => app.close());
  await app.listen();
}

void bootstrap();
